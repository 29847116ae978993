"""Scheduler: rings what is due, frees what dead workers held, wakes what was parked."""
