"""Every setting of every process, in one frozen object read from `BERCEAU_…` variables.

Only composition roots (`__main__` modules and the `berceau` command) read it; docs/reference/
settings.md has one row per field, checked by a test.
"""

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.errors import SettingsError
from shared.secret_files import secrets_from_files, variable

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
    console_database_url: SecretStr | None = Field(
        default=None,
        description="PostgreSQL of the console, as a login of its own that `berceau migrate` "
        "makes; without it, the services'.",
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
    index_key_file: Path | None = Field(
        default=None, description="Key of the index of names; without it none is found by name."
    )
    provider_url: str = Field(
        default="https://particulier.api.gouv.fr", description="API Particulier, or a simulator."
    )
    provider_proxy: SecretStr | None = Field(
        default=None,
        description="Outgoing proxy towards providers, http(s)://…; it may hold a password.",
    )
    provider_ca_file: Path | None = Field(
        default=None,
        description="Certificates (PEM) of a private authority, trusted beside the usual ones.",
    )
    tax_url: str | None = Field(
        default=None,
        pattern=r"^https?://",
        description="The DGFiP's gateway, as enrolment gives it; without it no scheme of profile "
        "`tax` is served.",
    )
    tax_certificate_file: Path | None = Field(
        default=None, description="Certificate (PEM) that we show the DGFiP's gateway."
    )
    tax_key_file: Path | None = Field(
        default=None,
        description="Its key (PEM, no password), where the certificate's file does not hold it.",
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
    egress: str = Field(
        default="default",
        pattern=r"^[a-z0-9-]{1,40}$",
        description="Name of our public address; those who share the address share the name.",
    )
    egress_per_minute: int = Field(
        default=1_000,
        ge=10,
        le=10_000_000,
        description="Calls a minute that API Particulier takes from one address.",
    )
    dgfip_per_minute: int = Field(
        default=50, ge=10, le=100_000, description="Calls a minute that the DGFiP takes from us."
    )
    headroom_percent: int = Field(
        default=10,
        ge=5,
        le=90,
        description="How far below these two we stay, in percent; a habilitation's pace has its "
        "own.",
    )
    maintenance: bool = Field(
        default=True,
        description="Make no call during the maintenance that the State announces; false for a "
        "simulator.",
    )
    eaje_proof: bool = Field(
        default=False,
        description="Ask the State for a verifiable proof of each EAJE answer, kept under seal for "
        "whoever controls; once every tariff worker is of this release.",
    )
    providers: str | None = Field(
        default=None,
        pattern=r"^[a-z][a-z0-9]*(,[a-z][a-z0-9]*)*$",
        description="Providers added beside `eaje`, by profile: `registre`, or `registre,fonds`.",
    )
    ring_window: int = Field(
        default=16, ge=1, le=10_000, description="Most doorbells waiting in Redis, per queue."
    )
    worker_threads: int = Field(
        default=8,
        ge=1,
        le=64,
        description="Doorbells that a worker process answers at once, in each lane.",
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
    promise_hours: int = Field(
        default=24,
        ge=1,
        le=720,
        description="Longest wait for the provider that intake promises, in hours; beyond it, new "
        "applications are told when to come back.",
    )
    drain_s: float = Field(
        default=5.0,
        ge=0,
        le=300,
        description="After an order to stop, how long intake says that it is not ready and still "
        "serves, in seconds.",
    )
    stop_within_s: float = Field(
        default=30.0,
        ge=0,
        le=600,
        description="After an order to stop, how long a worker may take to finish what it holds, "
        "in seconds; the rest is given back.",
    )
    batch_limit_bytes: int = Field(
        default=4_194_304, ge=1_024, description="Longest body of a batch that intake reads."
    )
    webhook_loopback: bool = Field(
        default=False,
        description="Let webhooks lead here, over plain HTTP too: never in production.",
    )
    crash_folder: Path | None = Field(None, description="For tests of Berceau only: its orders.")
    console_host: str = Field(default="127.0.0.1", description="Address the console listens on.")
    console_port: Port = Field(default=8001, description="Port that the console listens on.")
    console_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/]+/?$",
        description="Where people reach the console, https://…, behind your reverse proxy; without "
        "it, on this machine only.",
    )
    console_proxy: str | None = Field(
        None, description="Address of that reverse proxy, whose X-Forwarded-For is then believed."
    )
    oidc_issuer: str | None = Field(
        default=None,
        pattern=r"^https?://",
        description="Identity provider at which people sign in too (OpenID Connect, ProConnect).",
    )
    oidc_client_id: str | None = Field(default=None, description="What it knows the console as.")
    oidc_client_secret: SecretStr | None = Field(default=None, description="Its secret.")
    oidc_label: str = Field(default="ProConnect", description="What people call that provider.")
    metrics_host: str = Field(default="127.0.0.1", description="Address of the page of metrics.")
    metrics_port: int = Field(0, ge=0, le=65_535, description="Port of `/metrics`; 0: nowhere.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least level of what is logged."
    )
    log_format: Literal["json", "console"] = Field(
        default="json", description="One JSON object a line, or lines for a person."
    )

    @field_validator("tax_key_file")
    @classmethod
    def _opens_a_certificate(cls, key: Path | None, given: ValidationInfo) -> Path | None:
        if key and not given.data.get("tax_certificate_file"):
            raise ValueError("give BERCEAU_TAX_CERTIFICATE_FILE too")
        return key

    @field_validator("oidc_client_secret")
    @classmethod
    def _knows_us(cls, secret: SecretStr | None, given: ValidationInfo) -> SecretStr | None:
        if secret and not (given.data.get("oidc_issuer") and given.data.get("oidc_client_id")):
            raise ValueError("give BERCEAU_OIDC_ISSUER and BERCEAU_OIDC_CLIENT_ID too")
        return secret

    @field_validator("provider_proxy")
    @classmethod
    def _is_http(cls, proxy: SecretStr | None) -> SecretStr | None:
        if proxy and not proxy.get_secret_value().startswith(("http://", "https://")):
            raise ValueError("begin it with http:// or https://")
        return proxy


_URLS = ("database_url", "owner_database_url", "console_database_url", "redis_url")
SECRETS = (*_URLS, "provider_proxy", "oidc_client_secret")


def read_options(profile: str) -> dict[str, str]:
    """What is set for an added provider: `BERCEAU_PROVIDERS_<PROFILE>_<OPTION>`, by option."""
    prefix = f"BERCEAU_PROVIDERS_{profile.upper()}_"
    return {
        name.removeprefix(prefix).lower(): value
        for name, value in os.environ.items()
        if name.startswith(prefix)
    }


def read_settings() -> Settings:
    """Read the environment, and the files that it names for secrets.

    Raises:
        SettingsError: naming each variable and what it lacks; never its value.
    """
    secrets, wrong = secrets_from_files(SECRETS)
    try:
        settings = Settings(**secrets)
    except ValidationError as broken:
        wrong = {str(error["loc"][0]): error["msg"] for error in broken.errors()} | wrong
    if wrong:
        told = "; ".join(f"{variable(name)}: {why}" for name, why in wrong.items())
        raise SettingsError(told) from None
    return settings
