"""API Impôt particulier of the DGFiP, as the verifier knows it: token, call, wire, translation."""
