"""The explanation: a decision's record in, plain French out, from the record only. Pure."""
