"""The life of a worker process: a dramatiq worker beside one asyncio loop, batch by batch."""
