"""The fields of records: each reads text, and refuses with a French sentence and the remedy."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError
from stdnum.exceptions import ValidationError as NumberError
from stdnum.fr import siret

from shared.care import KINDS_OF_CARE
from shared.portal_keys import Scope

EAJE, PSU = "eaje", "psu"
API_PARTICULIER, DGFIP = "api_particulier", "dgfip"
_SERVED = {API_PARTICULIER: ("eaje", "qf"), DGFIP: ("tax",)}
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z", re.ASCII)
_PROFILE = re.compile(r"[a-z][a-z0-9]*\Z", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+\Z", re.ASCII)
_PHONE = re.compile(r"\+?[\d .]{6,20}\Z", re.ASCII)
_COLOUR = re.compile(r"#[0-9a-f]{6}\Z", re.ASCII)
_URL = re.compile(r"https?://\S{1,290}\Z", re.ASCII)
_COMMUNE = re.compile(r"([013-9]\d|2[AB1-9])\d{3}\Z", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LONGEST_CODE, _LONGEST_NAME, _LONGEST_GROUND = 64, 200, 4_000
_FORMULA = ("=", "+", "-", "@")  # what a spreadsheet would run
_ROUNDED = re.compile(r"\d([.,]\d+)?E\+\d+", re.ASCII)  # what it makes of 14 digits


def refused(sentence: str) -> PydanticCustomError:
    """A refusal in these words."""
    return PydanticCustomError("refused", "{sentence}", {"sentence": sentence})


def _code(value: object) -> str:
    text = str(value)
    if _CODE.match(text) is None or len(text) > _LONGEST_CODE:
        raise refused(
            "un code s'écrit en minuscules sans accent, chiffres et tirets, 64 signes au plus, "
            "par exemple « les-mesanges »"
        )
    return text


def _profile(value: object) -> str:
    text = str(value)
    if _PROFILE.match(text) is None:
        raise refused("un profil s'écrit en minuscules sans accent et chiffres, comme « eaje »")
    return text


def _provider(value: object) -> str:
    text = str(value).replace("-", "_")
    if text not in _SERVED and not is_package(text):
        raise refused(f"choisissez : {', '.join(_SERVED)}, ou le profil d'un paquet ajouté")
    return text


def is_package(provider: str) -> bool:
    """Whether a name may be that of a provider added as a package: that of its profile."""
    return provider not in _SERVED and _PROFILE.match(provider) is not None


def served(provider: str) -> tuple[str, ...]:
    """The endpoints of a provider: the State's two have theirs, a package has one."""
    return _SERVED.get(provider, (provider,))


def _endpoints(value: object) -> tuple[str, ...]:
    given = list(value) if isinstance(value, list | tuple) else [value]
    return tuple(dict.fromkeys(_profile(one) for one in given))


def _siret(value: object) -> str:
    if _ROUNDED.fullmatch(str(value)):
        raise refused(
            "le tableur a arrondi ce SIRET : mettez la colonne au format Texte, puis recopiez ses "
            "14 chiffres"
        )
    try:
        return str(siret.validate(siret.compact(str(value))))
    except NumberError:
        raise refused(
            "n'est pas un SIRET : recopiez ses 14 chiffres de l'avis de situation de l'Insee"
        ) from None


def _text(longest: int, *, lines: bool = False) -> Callable[[object], str]:
    allowed = "\n" if lines else ""

    def read(value: object) -> str:
        if not isinstance(value, str):
            raise refused("un texte est attendu, pas une liste")
        text = re.sub(r"\r\n?", "\n", value.strip())
        wrong = any(_is_control(sign) for sign in text if sign not in allowed)
        if wrong or not 1 <= len(text) <= longest:
            raise refused(f"écrivez de 1 à {longest} signes, sans caractère de contrôle")
        if text.startswith(_FORMULA):
            raise refused("un tableur y lirait une formule : ne commencez pas par = + - ou @")
        return text

    return read


def _is_control(sign: str) -> bool:
    return unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"}


def one_of(*words: str) -> BeforeValidator:
    """One of these words, or a refusal that lists them."""

    def read(value: object) -> str:
        if value not in words:
            raise refused(f"choisissez : {', '.join(words)}")
        return str(value)

    return BeforeValidator(read)


def some_of(words: Iterable[str]) -> BeforeValidator:
    """One or more of these words, each once, kept in their own order."""
    known = list(words)

    def read(value: object) -> tuple[str, ...]:
        given = list(value) if isinstance(value, list | tuple) else [value]
        if not given or any(word not in known for word in given):
            raise refused(
                f"choisissez une valeur ou plusieurs : {', '.join(known)} (entre elles, « | » dans "
                "un CSV)"
            )
        return tuple(word for word in known if word in given)

    return BeforeValidator(read)


def instant(value: object) -> datetime:
    """A day (its first instant, UTC) or an instant with its zone, as UTC."""
    text = f"{value}T00:00:00Z" if _DAY.fullmatch(str(value)) else str(value)
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):  # no instant, or one before year 1 or after 9999 in UTC
        pass
    raise refused(
        "écrivez un jour, AAAA-MM-JJ, ou un instant avec son fuseau, par exemple "
        "2027-05-31T00:00:00Z"
    )


def _day(value: object) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise refused("écrivez un jour, AAAA-MM-JJ, par exemple 2026-06-25") from None


def like(pattern: re.Pattern[str], remedy: str) -> BeforeValidator:
    """A text of this form, or the remedy."""

    def read(value: object) -> str:
        if not isinstance(value, str) or pattern.match(value.strip()) is None:
            raise refused(remedy)
        return value.strip()

    return BeforeValidator(read)


def several(of: Callable[[object], str], most: int) -> BeforeValidator:
    """A list, each value once, in the order given."""

    def read(value: object) -> tuple[str, ...]:
        given = list(value) if isinstance(value, list | tuple) else [value]
        if len(given) > most:
            raise refused(f"{most} valeurs au plus")
        return tuple(dict.fromkeys(of(one) for one in given))

    return BeforeValidator(read)


def _yes_or_no(value: object) -> bool:
    known = {"oui": True, "true": True, "non": False, "false": False}
    said = str(value).lower()
    if said not in known:
        raise refused("écrivez oui ou non")
    return known[said]


def _commune(value: object) -> str:
    text = str(value)
    if _COMMUNE.match(text) is None:
        raise refused(
            "donnez le code INSEE de la commune (5 caractères, par exemple 13004), pas le code "
            "postal"
        )
    return text


ground = _text(_LONGEST_GROUND, lines=True)
line = _text(_LONGEST_NAME)
Code = Annotated[str, BeforeValidator(_code)]
Name = Annotated[str, BeforeValidator(_text(_LONGEST_NAME))]
Ground = Annotated[str, BeforeValidator(ground)]
Day = Annotated[date, BeforeValidator(_day)]
Email = Annotated[str, like(_EMAIL, "écrivez une adresse, par exemple dpo@ville.exemple.fr")]
Phone = Annotated[str, like(_PHONE, "écrivez un numéro, par exemple 04 90 00 00 00")]
Url = Annotated[str, like(_URL, "écrivez une adresse, par exemple https://ville.exemple.fr/regles")]
Colour = Annotated[str, like(_COLOUR, "écrivez une couleur, par exemple #0a615c")]
Lines = Annotated[tuple[str, ...], several(line, 6)]
Commune = Annotated[str, BeforeValidator(_commune)]
Communes = Annotated[tuple[str, ...], several(_commune, 2_000)]
YesOrNo = Annotated[bool, BeforeValidator(_yes_or_no)]
TariffId = Annotated[str, BeforeValidator(_code)]
Siret = Annotated[str, BeforeValidator(_siret)]
Profile = Annotated[str, BeforeValidator(_profile)]
Provider = Annotated[str, BeforeValidator(_provider)]
Endpoints = Annotated[tuple[str, ...], BeforeValidator(_endpoints)]
CareTypes = Annotated[tuple[str, ...], some_of(KINDS_OF_CARE)]
Stages = Annotated[tuple[str, ...], some_of(("admission", "estimate"))]
Scopes = Annotated[tuple[str, ...], some_of(Scope)]
Instant = Annotated[datetime, BeforeValidator(instant)]
CallsASecond = Annotated[int, Field(ge=1, le=10_000)]
RequestsAMinute = Annotated[int, Field(ge=60, le=60_000)]
