"""Campaigning: every running decision priced again, each once, behind what people wait for."""
