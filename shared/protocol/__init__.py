"""The heart: who holds an application, how work is saved, what is rung, what is freed.

Read `tempo`, `lives`, `claiming`, `saving`, `recording`, `journal`, `ringing`, `sweeping`, in this
order; docs/reference/protocol.md says the same in words.
"""
