"""Every setting of every process, in one frozen object read from `BERCEAU_…` variables.

Only composition roots (`__main__` modules and the `berceau` command) read it; docs/reference/
settings.md has one row per field, checked by a test.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.errors import SettingsError

Port = Annotated[int, Field(ge=1, le=65535)]


class Settings(BaseSettings):
    """What an operator may set; a field without a default must be."""

    model_config = SettingsConfigDict(env_prefix="BERCEAU_", frozen=True, extra="ignore")

    database_url: SecretStr = Field(
        description="PostgreSQL of the services, as their own role: postgresql+psycopg://…"
    )
    owner_database_url: SecretStr | None = Field(
        default=None, description="PostgreSQL as the owner of the tables: `berceau migrate` only."
    )
    redis_url: SecretStr = Field(description="Redis that carries the doorbells: redis://…")
    redis_namespace: str = Field(
        default="berceau",
        pattern=r"^[a-z0-9-]+$",
        description="Prefix of every Redis key: one per environment.",
    )
    key_ring_file: Path = Field(description="The key ring; without it nothing sealed opens.")
    seal_key_file: Path | None = Field(
        default=None,
        description="Ed25519 key (PEM) that signs the journal's daily root; kept off the database.",
    )
    provider_url: str = Field(
        default="https://particulier.api.gouv.fr", description="API Particulier, or a simulator."
    )
    provider_in_flight: int = Field(
        default=64, ge=1, le=512, description="Most calls to a provider at once, per process."
    )
    provider_deadline_s: float = Field(
        default=25.0, gt=0, le=60, description="Longest life of one provider call, in seconds."
    )
    provider_first_retry_s: float = Field(
        default=10.0,
        gt=0,
        le=3_600,
        description="Pause after a provider's first failure, in seconds; then three times longer.",
    )
    ring_window: int = Field(
        default=32, ge=1, le=10_000, description="Most doorbells waiting in Redis, per queue."
    )
    worker_threads: int = Field(
        default=8, ge=1, le=64, description="Doorbells that a worker process answers at once."
    )
    poll_ms: int = Field(
        default=50, ge=5, le=5_000, description="Longest sleep of an idle worker, in milliseconds."
    )
    intake_host: str = Field(default="127.0.0.1", description="Address that intake listens on.")
    intake_port: Port = Field(default=8000, description="Port that intake listens on.")
    intake_backlog: int = Field(
        default=40, ge=1, le=500, description="Requests that intake serves at once."
    )
    body_limit_bytes: int = Field(
        default=65_536, ge=1_024, description="Longest request body that intake reads."
    )
    console_host: str = Field(default="127.0.0.1", description="Address of the read-only page.")
    console_port: Port = Field(default=8001, description="Port of the read-only page.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least level of what is logged."
    )
    log_format: Literal["json", "console"] = Field(
        default="json", description="One JSON object a line, or lines for a person."
    )


def read_settings() -> Settings:
    """Read the environment.

    Raises:
        SettingsError: naming each variable and what it lacks; never its value.
    """
    try:
        return Settings()
    except ValidationError as broken:
        wrong = (
            f"BERCEAU_{str(error['loc'][0]).upper()}: {error['msg']}" for error in broken.errors()
        )
        raise SettingsError("; ".join(wrong)) from None
