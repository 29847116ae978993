"""The engine: a situation and a tariff in, a fee and the trace of its computation out. Pure."""
