"""The heart: who holds an application, how work is saved, what is rung, what is freed.

Read `tempo`, `claiming`, `saving`, `ringing`, `sweeping`, `lives`, `journal` in this order; the
page docs/reference/protocol.md says the same in words.
"""
