"""The API: the contract of API Particulier for one endpoint, its refusals, headers and faults."""
