"""DGFiP: API Impôt particulier and API SFiP, behind one gateway."""
