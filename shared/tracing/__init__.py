"""Tracing: one application followed from its request to the portal's webhook, across the queues."""
