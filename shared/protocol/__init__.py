"""The heart: who holds an application, how work is saved, what is rung, what is freed.

Read `tempo`, `lives`, `claiming`, `saving`, `recording`, `journal`, `ringing`, `sweeping` and
`switching`, in this order; docs/reference/protocol.md says the same in words. The daily seal of
the journal stands apart: `merkle`, `seals`, `sealing_days`.
"""
