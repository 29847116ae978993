"""Console: what the people who watch the queues see in a browser, and act with."""
