"""What the language of tariffs refuses, and how it says so."""

from importlib.resources import files

import pytest

from services.tariff.language.national import read_named
from services.tariff.language.reading import read_tariff
from shared.errors import TariffError

_FILE = "2026-01-01.yaml"
_TEXT = (files("services.tariff") / "scales" / "psu" / _FILE).read_text(encoding="utf-8")


def _line_of(text: str, fragment: str) -> int:
    return 1 + text[: text.index(fragment)].count("\n")


def test_a_shipped_tariff_is_read() -> None:
    """The text as it ships is a tariff."""
    assert "2026-01-01" == read_tariff(_TEXT, file=_FILE).version


@pytest.mark.parametrize(
    ("said", "instead", "place", "remedy"),
    [
        ('value: "814.62"', "value: 814.62", "monthly_resources.floor.value", "guillemets"),
        ('value: "8500.00"', "value: 8500", "monthly_resources.ceiling.value", "guillemets"),
        ('value: "814.62"', 'value: "814,62"', "monthly_resources.floor.value", '"814.62"'),
        ('value: "814.62"', 'value: "8500.01"', "monthly_resources", "au-dessous du plafond"),
        ('rate: "0.0619"', "rate: 0.0619", "care.collectif.brackets.0.rate", "guillemets"),
        ('rate: "0.0619"', 'rate: "6 %"', "care.collectif.brackets.0.rate", '"0.0619"'),
        ('rate: "0.0413"', 'rate: "0.0613"', "care.collectif", "ne monte jamais"),
        ('children: "4-7"', 'children: "5-7"', "care.collectif", "4 enfant"),
        ('children: "4-7"', 'children: "3-7"', "care.collectif", "4 enfant"),
        ('children: "8+"', 'children: "8-9"', "care.collectif", "ouverte"),
        ('children: "4-7"', 'children: "4+"', "care.collectif", "plus rien"),
        ("legal_basis:", "motto: x\nlegal_basis:", "motto", "langue des barèmes"),
        ("review_by: 2027-01-01\n", "", "review_by", "manque"),
        ("  floor:\n", "  fleur:\n", "monthly_resources.floor", "manque"),
        ('version: "2026-01-01"', "version: 2026-01-01", "version", "guillemets"),
        ('version: "2026-01-01"', 'version: "2026-02-01"', "version", "valid_from"),
        ("valid_to: null", "valid_to: 2025-12-31", "valid_to", "précède"),
        ("  familial_parental:", "  parental:", "care.parental", ""),
    ],
)
def test_a_fault_is_refused_with_its_place_and_remedy(
    said: str, instead: str, place: str, remedy: str
) -> None:
    """Floats, holes, overlaps, disorder, unknown words and missing values never load."""
    assert said in _TEXT

    with pytest.raises(TariffError) as refused:
        read_tariff(_TEXT.replace(said, instead, 1), file=_FILE)

    fault = next(line for line in str(refused.value).splitlines() if f", {place}" in line)
    assert fault.startswith(f"{_FILE}, ligne ")
    assert remedy in fault


def test_the_line_is_the_one_of_the_fault() -> None:
    """Whoever mends the file is sent to the right line."""
    line = _line_of(_TEXT, 'rate: "0.0619"')

    with pytest.raises(TariffError, match=f"{_FILE}, ligne {line}, care.collectif.brackets.0.rate"):
        read_tariff(_TEXT.replace('rate: "0.0619"', "rate: 0.0619", 1), file=_FILE)


def _without_first(key: str) -> str:
    """The tariff without the first value of `key`, folded lines included."""
    lines = _TEXT.splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if line.strip().startswith(f"{key}:"))
    depth = len(lines[at]) - len(lines[at].lstrip())
    end = at + 1
    while len(lines[end]) - len(lines[end].lstrip()) > depth:
        end += 1
    return "".join(lines[:at] + lines[end:])


def test_a_value_without_source_is_refused() -> None:
    """A figure from nowhere cannot be applied to a family."""
    with pytest.raises(TariffError, match=r"rounding\.source .*une source est due"):
        read_tariff(_without_first("source"), file=_FILE)


def test_a_deduction_without_its_ground_is_refused() -> None:
    """What was inferred says from what."""
    with pytest.raises(TariffError, match=r"rounding .*dit de quoi"):
        read_tariff(_without_first("note"), file=_FILE)


def test_a_care_type_without_rates_is_refused() -> None:
    """A family must not find out at pricing time that its care has no rate."""
    text = _TEXT[: _TEXT.index("  micro_creche:")]

    with pytest.raises(TariffError, match="il manque les taux de : micro_creche"):
        read_tariff(text, file=_FILE)


def test_a_key_said_twice_is_refused() -> None:
    """YAML would keep the second value without a word."""
    text = _TEXT.replace("authority: national\n", "authority: national\nauthority: arles\n")
    line = _line_of(text, "authority: arles")

    with pytest.raises(TariffError, match=f"ligne {line} : « authority » est dit deux fois"):
        read_tariff(text, file=_FILE)


def test_an_alias_is_refused() -> None:
    """A value stands where it is read, beside its source."""
    text = _TEXT.replace("authority: national", "authority: &a national\ntwin: *a")

    with pytest.raises(TariffError, match="pas d'alias"):
        read_tariff(text, file=_FILE)


@pytest.mark.parametrize(
    ("text", "trouble"),
    [("", "vide"), ("id: [", "YAML"), ("just words", "des mots et leurs valeurs")],
)
def test_what_is_no_tariff_at_all_is_refused(text: str, trouble: str) -> None:
    """Nothing, broken YAML and plain words each get a sentence, not a traceback."""
    with pytest.raises(TariffError, match=trouble):
        read_tariff(text, file=_FILE)


def test_a_shipped_file_bears_the_name_of_its_version() -> None:
    """Errors name the file, and periods name the version: they are the same words."""
    with pytest.raises(TariffError, match=r"doit s'appeler 2026-01-01\.yaml"):
        read_named(_TEXT, file="2026.yaml")
