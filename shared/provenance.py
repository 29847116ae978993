"""Where a figure comes from, whoever gave it."""

from pydantic import AwareDatetime, BaseModel, ConfigDict


class Provenance(BaseModel):
    """Which counter, which call, when. Never the query itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    fetched_at: AwareDatetime
    http_status: int
    request_id: str | None = None
    code: str | None = None
    cached: bool | None = None
