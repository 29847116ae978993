"""Webhooks as values: what an event says, how it is signed, where it may go, what a try came to."""
