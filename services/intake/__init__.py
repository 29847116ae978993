"""Intake: takes enrolments from family portals over HTTP, and answers what became of them."""
