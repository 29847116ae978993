"""Logs: one JSON object a line, ids only. What libraries would say of URLs is silenced here."""

import logging
import re
import sys
import threading
from types import TracebackType

import structlog

_SAYS_URLS = ("httpx", "httpcore", "aiohttp", "uvicorn.access", "asyncio")
LONGEST_FIELD = 1_000  # characters; what libraries say is theirs
MOST_PLACES = 8  # of a failure's way up
_PLAIN_WORDS = re.compile(r"[^\n<(]*")


def configure_logs(*, service: str, level: str, style: str) -> None:
    """Send every log line of this process to stderr, ours and the libraries' alike.

    Args:
        service: said by each line, whichever thread it comes from.
        level: least level shown.
        style: `json` for machines, `console` for a person.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        _names(service),
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _names_the_failure_only,
        _cuts_long_fields,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _renderer(style),
            ],
            foreign_pre_chain=[_quotes_nothing, *shared],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    _records_are_light()
    for name in _SAYS_URLS:
        logging.getLogger(name).setLevel(logging.ERROR)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    sys.excepthook = _log_the_end
    threading.excepthook = _log_the_end_of_a_thread


def _records_are_light() -> None:
    """No line says its file, thread or process, and finding them out is a fifth of its price."""
    logging._srcfile = None  # noqa: SLF001 - as its documentation has it
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


def _renderer(style: str) -> structlog.typing.Processor:
    if style == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer()


def _names(service: str) -> structlog.typing.Processor:
    def names_the_service(
        _logger: object, _method: str, line: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        line.setdefault("service", service)
        return line

    return names_the_service


def _quotes_nothing(
    _logger: object, _method: str, line: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Keep the plain words of asyncio's complaints: the rest quotes whatever failed."""
    if line["_record"].name == "asyncio":
        words = _PLAIN_WORDS.match(str(line["event"]))
        line["event"] = f"asyncio: {words[0].strip() if words else ''}"
    return line


def _names_the_failure_only(
    _logger: object, _method: str, line: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Turn an exception into its type and place: its message could hold what a family typed."""
    info = line.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        line["error"] = type(error).__qualname__
        line["at"] = _places(error)
    return line


def _cuts_long_fields(
    _logger: object, _method: str, line: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Keep the beginning of a long text: a line is read by people and paid for by the byte."""
    for name, value in line.items():
        if isinstance(value, str) and len(value) > LONGEST_FIELD:
            line[name] = f"{value[:LONGEST_FIELD]}…"
    return line


def _places(error: BaseException) -> list[str]:
    places: list[str] = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places[-MOST_PLACES:]


def _log_the_end(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Say what ended the process; Python itself would print the exception's message."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    structlog.get_logger().critical("process.broke", exc_info=error)


def _log_the_end_of_a_thread(broken: threading.ExceptHookArgs) -> None:
    structlog.get_logger().critical("thread.broke", exc_info=broken.exc_value)
