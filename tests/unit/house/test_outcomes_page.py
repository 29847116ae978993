"""The page of outcomes: from an answer of the State to what people are told."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain, groupby
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.verifier.cases import TABLE, Case, Standing, Wake, case_of
from services.verifier.provider.answer import Answered
from services.verifier.provider.asked import Asked
from services.verifier.provider.endpoint import (
    EAJE,
    EAJE_BY_FRANCE_CONNECT,
    QF,
    QF_BY_FRANCE_CONNECT,
    Endpoint,
)
from services.verifier.provider.nomenclature import BY_TITLE, BY_WORD, ROWS
from services.verifier.provider.translation import translate
from services.verifier.tax import refusals
from services.verifier.tax.translation import translate as translate_tax
from shared.application import Application
from shared.evidence import Outcome, Unreadable
from shared.states import SENTENCES, Status

_NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
_FRESH = Standing(0, None)
_CODELESS = (204, 302, 400, 401, 403, 404, 409, 410, 418, 422, 429, 500, 502, 503, 504)
_NOT_FOUND, _UNPROCESSABLE = 404, 422
Row = list[str]


class Asks:
    """What an answer means at each endpoint, for an invented family."""

    def __init__(self, family: Application) -> None:
        self._family = family

    def counter(
        self, endpoint: Endpoint[Any], status: int, code: str | None, title: str = ""
    ) -> Outcome:
        """An answer of API Particulier."""
        error: dict[str, Any] = {
            "code": code,
            "title": title,
            "detail": title,
            "source": None,
            "meta": {},
        }
        body = json.dumps({"errors": [] if code is None else [error]}).encode()
        answer = Answered(status, {}, body)
        return translate(answer, endpoint, Asked.about(self._family), _NOW)

    def tax(self, status: int, code: int | None) -> Outcome:
        """An answer of the DGFiP."""
        said = {} if code is None else {"erreur": {"code": code}}
        answer = Answered(status, {}, json.dumps(said).encode())
        return translate_tax([answer], self._family.applicant, _NOW)

    def names(self, endpoint: Endpoint[Any], answers: Iterable[tuple[int, str, str]]) -> str:
        """The outcomes of some answers, by name, each once."""
        found = (type(self.counter(endpoint, *answer)).__name__ for answer in answers)
        return ", ".join(dict.fromkeys(found))

    def everywhere(self, answers: Sequence[tuple[int, str, str]]) -> Row:
        """At EAJE, at QF, and by FranceConnect where it differs there."""
        by_status = [self.names(endpoint, answers) for endpoint in (EAJE, QF)]
        by_token = [
            self.names(endpoint, answers)
            for endpoint in (EAJE_BY_FRANCE_CONNECT, QF_BY_FRANCE_CONNECT)
        ]
        return [*by_status, "the same" if by_status == by_token else by_token[0]]


@pytest.fixture(scope="module")
def asks(application: Application) -> Asks:
    return Asks(application)


@pytest.fixture(scope="module")
def tables(root: Path) -> list[list[Row]]:
    """The tables of the page, without their headers."""
    page = (root / "docs" / "reference" / "outcomes.md").read_text("utf-8")
    found = re.findall(r"^\|[-|]+\|\n((?:\|.*\n?)+)", page, re.MULTILINE)
    return [[_cells(row) for row in table.splitlines()] for table in found]


def _cells(row: str) -> Row:
    return [cell.strip() for cell in row.strip("|").split("|")]


def consequences() -> list[Row]:
    """Where each case leads, when it is looked at again, and what people are told."""
    return [
        [
            case.value,
            row.status,
            f"`{row.reason}`" if row.reason else "",
            row.wake.value,
            SENTENCES[row.reason].agent if row.reason else "",
            SENTENCES[row.reason].family if row.reason else "",
        ]
        for case, row in TABLE.items()
    ]


def nomenclature(asks: Asks) -> Iterator[Row]:
    """Each row of codes; those that stand under several statuses once."""
    told = sorted(ROWS, key=lambda row: (row[2].value, row[1]))
    for (means, codes), rows in groupby(told, key=lambda row: (row[2], row[1])):
        statuses = sorted({status for status, _, _ in rows})
        answers = [(status, code, "") for status in statuses for code in codes.split()]
        listed = " ".join(f"`{code}`" for code in codes.split())
        yield [_listed(statuses), listed, means.value, *asks.everywhere(answers)]


def by_words(asks: Asks) -> Iterator[Row]:
    """The codes that mean several things, by the words beside them."""
    spoken = chain(
        ((_NOT_FOUND, code, words) for code, words in BY_TITLE.items()),
        ((_UNPROCESSABLE, code, words) for code, words in BY_WORD.items()),
    )
    for status, code, words in spoken:
        for word, means in words.items():
            outcomes = asks.everywhere([(status, code, word)])
            yield [str(status), f"`{code}`", f"« {word} »", means.value, *outcomes]


def without_code(asks: Asks) -> Iterator[Row]:
    """Answers that say nothing, or nothing that is in the tables."""
    for status in _CODELESS:
        unknown = [(status, "99999", "")]
        names = [asks.names(EAJE, unknown), asks.names(QF, unknown)]
        tax = type(asks.tax(status, None)).__name__
        yield [str(status), *names, tax]


def of_the_tax_office(asks: Asks) -> Iterator[Row]:
    """Each code of the DGFiP under its status."""
    for status, code in refusals.BY_CODE:
        yield [str(status), f"`{code}`", type(asks.tax(status, code)).__name__]


def _listed(statuses: Iterable[int]) -> str:
    return ", ".join(map(str, statuses))


def test_the_consequences_are_those_of_the_code(tables: list[list[Row]]) -> None:
    """One row for each case: state, reason, wake-up, and both sentences."""
    assert consequences() == tables[0]


def test_the_codes_are_those_of_the_code(tables: list[list[Row]], asks: Asks) -> None:
    """Every code of both nomenclatures, at each endpoint."""
    assert list(nomenclature(asks)) == tables[1]


def test_the_words_are_those_of_the_code(tables: list[list[Row]], asks: Asks) -> None:
    """The same code with other words is another answer."""
    assert list(by_words(asks)) == tables[2]


def test_the_tax_offices_codes_are_those_of_the_code(tables: list[list[Row]], asks: Asks) -> None:
    """Under each status that the DGFiP gives them."""
    assert list(of_the_tax_office(asks)) == tables[3]


def test_answers_without_a_code_that_we_know(tables: list[list[Row]], asks: Asks) -> None:
    """Only "stop" and "broken" are believed without one."""
    assert list(without_code(asks)) == tables[4]


def test_an_unknown_answer_needs_a_person(asks: Asks) -> None:
    """Whatever the endpoint: it is never taken for an answer about a family."""
    strange = [
        *(asks.counter(endpoint, 422, "99999") for endpoint in (EAJE, QF)),
        *(asks.counter(endpoint, 404, "99999") for endpoint in (EAJE, QF)),
        asks.tax(410, 9999),
        asks.tax(400, None),
    ]

    assert {Unreadable} == {type(outcome) for outcome in strange}
    assert {Case.UNREADABLE} == {case_of(outcome, _FRESH, _NOW) for outcome in strange}
    assert (Status.TO_REVIEW, Wake.NEVER) == (
        TABLE[Case.UNREADABLE].status,
        TABLE[Case.UNREADABLE].wake,
    )


def test_every_code_that_was_entered_is_in_the_page(tables: list[list[Row]], root: Path) -> None:
    """Of both nomenclatures of API Particulier and of the DGFiP, under its status."""
    shown = {
        (int(status), code)
        for table in tables[1:4]
        for statuses, codes, *_ in table
        for status in statuses.split(", ")
        for code in re.findall(r"`(\d+)`", codes)
    }
    entered = yaml.safe_load((root / "tests/cases/particulier_error_codes.yaml").read_text("utf-8"))
    published = chain.from_iterable(
        rows
        for table in ("september_2026", "april_2026_and_staging")
        for rows in entered[table].values()
    )
    tax = yaml.safe_load((root / "tests/cases/tax_refusals.yaml").read_text("utf-8"))

    assert set() == {(row["status"], row["code"]) for row in published} - shown
    assert (
        set()
        == {(row["status"], str(row["code"])) for row in tax["situation"] if "code" in row} - shown
    )
