"""The way into PostgreSQL: one engine per process, short waits, nothing implicit."""

from sqlalchemy import Engine, create_engine

_OPTIONS = "-c lock_timeout=5s -c statement_timeout=15s -c idle_in_transaction_session_timeout=30s"


def open_engine(url: str, *, name: str, connections: int = 8) -> Engine:
    """An engine for one process.

    Args:
        url: `postgresql+psycopg://…`; it holds a password, so it is never logged.
        name: shown to the database's administrator as `application_name`.
        connections: the most that this process holds at once.
    """
    return create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "connect_timeout": 3,
            "application_name": f"berceau-{name}",
            "options": f"{_OPTIONS} -c timezone=UTC",
        },
    )
