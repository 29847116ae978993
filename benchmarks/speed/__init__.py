"""Speed: applications drained per second by the product, by Celery, and by a bare loop.

    make bench ARGS="--quick --json"

The three drain the same families, from the same PostgreSQL and the same simulator, in turns of one
run, and every outcome and fee is compared with the oracle's: docs/explanation/speed.md.
"""
