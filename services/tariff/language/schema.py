"""The JSON Schema of the tariff language, for editors and for other programs.

It says the words and the forms; what the parts of a tariff must agree on (holes, overlaps,
evidence and measure) only `berceau tariff check` can say.
"""

import json
from typing import Any

from pydantic import TypeAdapter

from services.tariff.language.local import AnyTariff

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def tariff_schema() -> dict[str, Any]:
    """The schema of a tariff of any method, whose `method` tells which words it may have."""
    schema = TypeAdapter(AnyTariff).json_schema(by_alias=True)
    return {"$schema": _DIALECT, "title": "Berceau tariff"} | schema


def schema_text() -> str:
    """The schema as its file has it."""
    return json.dumps(tariff_schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
