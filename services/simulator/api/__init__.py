"""The API: two State contracts over HTTP, their refusals, limits, headers and faults."""
