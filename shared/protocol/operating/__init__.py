"""Operating: what who watches the queues does to applications, one or thousands, with a comment."""
