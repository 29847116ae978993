"""Demo: families enrol over HTTP, and every outcome is held against what it had to be."""
