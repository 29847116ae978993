"""A process that breaks in every way, for what its log then says: `python telling.py STYLE`.

Each exception's message and each URL holds the name Wivine, which no line may show.
"""

import asyncio
import logging
import sys
import threading

import structlog

from shared.telemetry import configure_logs

SECRET = "https://example.invalid/?nom=Wivine"


def breaks() -> None:
    raise ValueError(SECRET)


def logs_a_failure() -> None:
    try:
        breaks()
    except ValueError:
        structlog.get_logger().exception("ours.broke", application="7K3F")


def logs_a_foreign_failure() -> None:
    try:
        breaks()
    except ValueError:
        logging.getLogger("some.library").exception("the library broke")


def thread_breaks() -> None:
    thread = threading.Thread(target=breaks)
    thread.start()
    thread.join()


def breaks_far_down(levels: int) -> None:
    if levels:
        breaks_far_down(levels - 1)
    else:
        breaks()


async def forgets_a_task() -> None:
    task = asyncio.create_task(asyncio.to_thread(breaks))
    await asyncio.wait([task])


async def breaks_in_a_callback() -> None:
    asyncio.get_running_loop().call_soon(int, SECRET)
    await asyncio.sleep(0)


def libraries_say_urls() -> None:
    for name in ("httpx", "httpcore.connection", "aiohttp.client", "uvicorn.access", "asyncio"):
        logging.getLogger(name).info("GET %s", SECRET)


def main() -> None:
    configure_logs(service="telling", level="info", style=sys.argv[1])
    structlog.get_logger().info("ours.ready")
    logging.getLogger("some.library").warning("careful")
    structlog.get_logger().info("x" * 5_000)
    logging.getLogger("some.library").warning("%s", "x" * 5_000)
    libraries_say_urls()
    logs_a_failure()
    logs_a_foreign_failure()
    for says in (logs_a_failure, logs_a_foreign_failure):
        thread = threading.Thread(target=says)
        thread.start()
        thread.join()
    thread_breaks()
    asyncio.run(forgets_a_task())
    asyncio.run(breaks_in_a_callback())
    breaks_far_down(20)


if __name__ == "__main__":
    main()
