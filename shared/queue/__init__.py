"""The doorbell: dramatiq messages on Redis that say "look at these"; and the pace of calls."""
