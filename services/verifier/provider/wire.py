"""The answers of API Particulier and the error envelope, as they come over the wire.

A scope that the habilitation lacks removes its key: an absent key is unknown data. A key that is
there with a value of the wrong kind is an answer outside the contract, and is refused. Unknown keys
are left alone.
"""

import json
from decimal import Decimal
from typing import Annotated, Any, NoReturn

from pydantic import BaseModel, BeforeValidator, ConfigDict

from services.verifier.provider.lenient import (
    Cents,
    Count,
    Euros,
    MonthNumber,
    ProofCode,
    ProofUrl,
    Text,
    WholeOrUnknown,
    WireDate,
    WireFund,
    WireSex,
    Year,
)

_MOST_ERRORS = 100


def _no_nulls(value: object) -> object:
    """A list without its null elements; null itself is an empty list."""
    if isinstance(value, list):
        return [element for element in value if element is not None]
    return [] if value is None else value


def _blank(value: object) -> object:
    return value or None if isinstance(value, str) else value


def _object_or_empty(value: object) -> object:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> object:
    """The objects of a list, at most a hundred; anything else is an empty list."""
    elements = value[:_MOST_ERRORS] if isinstance(value, list) else []
    return [element for element in elements if isinstance(element, dict)]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class WirePerson(_Wire):
    """An allocataire or a child of the file; `prenoms` is one string, separated by spaces."""

    nom_naissance: Text = None
    nom_usage: Text = None
    prenoms: Text = None
    date_naissance: WireDate = None
    sexe: WireSex = None


class WireAddress(_Wire):
    """Where the family told the fund that it lives; postcode and city are one string."""

    numero_libelle_voie: Text = None
    code_postal_ville: Text = None


class WireResources(_Wire):
    """The base of resources of a year; `valeur` comes in euros and is read in cents."""

    valeur: Cents = None
    annee_calcul: Year = None


class WireParameters(_Wire):
    """What the PSU fee is computed from."""

    nombre_enfants_a_charge: Count = None
    nombre_enfants_beneficiaire_aeeh: Count = None
    base_ressources_annuelles: Annotated[WireResources | None, BeforeValidator(_blank)] = None


People = Annotated[tuple[WirePerson, ...], BeforeValidator(_no_nulls)]
LenientAddress = Annotated[WireAddress, BeforeValidator(_object_or_empty)]


class WireHousehold(_Wire):
    """What every answer says of a household."""

    allocataires: People = ()
    enfants: People = ()
    adresse: LenientAddress = WireAddress()


class WireEaje(WireHousehold):
    """`participation_familiale_eaje`; its parameters are never null."""

    parametres_calcul_participation_familiale: WireParameters = WireParameters()


class WireQuotient(_Wire):
    """A quotient familial: its value in whole euros, the month it is of, the month it is from."""

    fournisseur: WireFund = None
    valeur: Euros = None
    annee: Year = None
    mois: MonthNumber = None
    annee_calcul: Year = None
    mois_calcul: MonthNumber = None


class WireQf(WireHousehold):
    """`quotient_familial`; which of its keys came stands in `model_fields_set`."""

    quotient_familial: Annotated[WireQuotient | None, BeforeValidator(_blank)] = None


class WireReceipt(_Wire):
    """What the `meta` of an answer holds when a proof was asked for."""

    verification_url: ProofUrl = None
    verification_code: ProofCode = None


class WireAnswer(_Wire):
    """The body of a 200; its `data` is read by the model of the endpoint."""

    data: dict[str, Any]
    meta: Annotated[WireReceipt, BeforeValidator(_object_or_empty)] = WireReceipt()


class WireSource(_Wire):
    """The parameter that an error is about."""

    parameter: Text = None


class WireMeta(_Wire):
    """`retry_in` in seconds; `provider_error_code` is the counter's own."""

    retry_in: WholeOrUnknown = None
    provider_error_code: WholeOrUnknown = None


class WireError(_Wire):
    """One of the errors of an answer; nothing in it can fail to be read."""

    code: Text = None
    title: Text = None
    detail: Text = None
    source: Annotated[WireSource, BeforeValidator(_object_or_empty)] = WireSource()
    meta: Annotated[WireMeta, BeforeValidator(_object_or_empty)] = WireMeta()


class WireErrors(_Wire):
    """The error envelope; empty when the body is something else."""

    errors: Annotated[tuple[WireError, ...], BeforeValidator(_objects)] = ()


def read_json(body: bytes) -> Any:  # noqa: ANN401 - JSON is any value
    """The JSON value of a body, decimals exact.

    Raises:
        ValueError: when it is not JSON, or nested or counted beyond reason.
    """
    try:
        return json.loads(body, parse_float=Decimal, parse_constant=_refuse)
    except (ArithmeticError, RecursionError):
        raise ValueError("nested or counted beyond reason") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
