"""API Particulier, as the verifier knows it: query, call, wire, translation, matching."""
