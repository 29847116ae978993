"""What portals are told: events, the feed that shows them, and their way to a webhook.

Read `telling`, `feed`, `holding`, `settling` and `mending`, in this order. The protocol of
deliveries is that of applications on a smaller scale: docs/decisions/0033 says what differs.
"""
