"""Bounds of what strangers and files may bring: beyond each, the rest is left, cut or refused."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from services.command.decision import verifying
from services.command.decision.checking import Fault as DecisionFault
from services.command.decision.checking import FaultKind
from services.command.decision.verifying import Verified
from services.command.provider import ways
from services.command.records import dossier, fields, signatories, yaml_text
from services.command.records import tokens as tokens_of_records
from services.command.records.faults import RecordsError
from services.command.records.kinds import Kind as RecordKind
from services.command.records.models import MODELS
from services.command.simulation import comparing
from services.command.stack import ports, supervisor
from services.command.stack.errors import StackError
from services.command.stack.home import Home
from services.command.stack.supervisor import Supervisor
from services.intake import admission, batch, documents, papers, problems, promise, reception
from services.intake.papers import EVERY, Format, preferred
from services.intake.problems import Fault, Problem, ProblemError
from services.intake.promise import Backlog, Promise
from services.intake.wordings import Kind
from services.tariff.language import grids, methods, modifiers
from services.verifier.provider import auth, lenient, wire
from services.verifier.tax import tokens
from services.verifier.tax import wire as tax_wire
from shared import pre_registration, taxation
from shared.queue import tolls
from shared.queue.tolls import Alone

_PAGE = """\
authorities:
- {code: arles, name: Ville, kind: commune, siret: 21130004100012, contact: %s}
"""


def test_a_problem_names_so_many_faults() -> None:
    """The first ones."""
    faults = tuple(Fault(f"/{n}", "wrong", "Corrigez.") for n in range(problems._MOST_ERRORS + 5))
    named = Problem(Kind.INVALID_APPLICATION, faults).as_json()["errors"]

    assert problems._MOST_ERRORS == len(named)
    assert "/0" == named[0]["pointer"]


def test_so_many_formats_are_heard() -> None:
    """What stands behind them in an Accept header is not read."""
    most = papers._MOST_RANGES
    heard = ", ".join([*(f"x/{n}" for n in range(most - 1)), Format.PDF])
    ignored = ", ".join([*(f"x/{n}" for n in range(most)), Format.PDF])

    assert Format.PDF is preferred([heard], EVERY)
    with pytest.raises(ProblemError):
        preferred([ignored], EVERY)


def test_a_body_is_so_deep() -> None:
    """One level more is refused before it is parsed."""
    most = documents._DEEPEST

    documents.read_document(b'{"a":' + b"[" * (most - 1) + b"]" * (most - 1) + b"}")
    with pytest.raises(ProblemError):
        documents.read_document(b'{"a":' + b"[" * most + b"]" * most + b"}")


def test_a_process_alone_counts_so_many_portals() -> None:
    """The one that has asked for nothing the longest is forgotten, and has a full minute."""
    alone = Alone(clock=lambda: 0.0)
    first = UUID(int=1)
    for number in range(1, tolls._MOST_PORTALS + 2):
        alone.take(UUID(int=number), 60, 60)

    assert tolls._MOST_PORTALS == len(alone._buckets)
    assert alone.take(first, 60, 60).passes


class _Counts:
    """A record in which nothing waits."""

    def execute(self, *_: object) -> Any:
        return SimpleNamespace(one=lambda: SimpleNamespace(waiting=0, pace=18))


def test_so_many_backlogs_are_remembered() -> None:
    """The one that was counted the longest ago is forgotten."""
    promised = Promise(promised_s=60, clock=lambda: 0.0)
    for _ in range(promise._MOST_HABILITATIONS + 5):
        promised.wait_s(cast("Connection", _Counts()), uuid4())

    assert promise._MOST_HABILITATIONS == len(promised._known)


def test_nobody_is_told_to_come_back_later_than_that() -> None:
    """However long the queue."""
    assert promise._LATEST_S == Backlog(waiting=10**9, pace=1).wait_s(60)


def test_so_many_elements_of_an_answer_are_read() -> None:
    """The State's lists have no bound of their own."""
    assert wire._MOST_ERRORS == len(cast("list[object]", wire._objects([{}] * 500)))


@pytest.mark.parametrize(
    ("kind", "most"),
    [(lenient.ProofUrl, lenient._LONGEST_URL), (lenient.ProofCode, lenient._LONGEST_CODE)],
)
def test_a_proof_is_so_long(kind: Any, most: int) -> None:
    """A longer one is none: half an address leads nowhere."""
    read = TypeAdapter(kind).validate_python

    assert [most, None] == [len(read("x" * most)), read("x" * (most + 1))]


@pytest.mark.parametrize(
    ("kind", "most", "times"),
    [
        (lenient.Cents, lenient._LARGEST_AMOUNT, 100),
        (lenient.Euros, lenient._LARGEST_QUOTIENT, 1),
        (tax_wire.Income, tax_wire._MOST_EUROS, 1),
    ],
)
def test_figures_of_the_state_have_an_end(kind: Any, most: int, times: int) -> None:
    """Beyond it no household's income is: the answer is not understood."""
    read = TypeAdapter(kind).validate_python

    assert most == read(most // times)
    with pytest.raises(ValidationError):
        read(most // times + 1)


def test_a_token_is_sent_for_a_day_at_most() -> None:
    """Whatever life it claims."""
    longest = tokens._LONGEST_S - tokens._HEADROOM_S

    assert longest == tokens._worth_sending(10**9)


def test_a_token_is_read_up_to_a_length() -> None:
    """A longer one says nothing of its end."""
    assert auth.token_expiry("x" * (auth._LONGEST_TOKEN + 1)) is None


def test_a_grant_s_token_has_a_length() -> None:
    """It stands in a header."""
    grant = {"access_token": "x" * tax_wire._LONGEST_TOKEN, "token_type": "Bearer"}
    longer = grant | {"access_token": "x" * (tax_wire._LONGEST_TOKEN + 1)}

    assert tax_wire.WireGrant.model_validate(grant)
    with pytest.raises(ValidationError):
        tax_wire.WireGrant.model_validate(longer)


def test_a_page_of_records_is_so_deep() -> None:
    """One that nests further is told, not followed."""
    most = yaml_text._DEEPEST
    deep = "[" * (most + 1) + "]" * (most + 1)

    with pytest.raises(RecordsError):
        yaml_text.read(_PAGE % deep, file="page.yaml")


@pytest.mark.parametrize(
    ("model", "name", "one", "most"),
    [
        (dossier.Dossier, "legal_bases", "CSS R. 531-1", dossier._LONGEST_LIST),
        (dossier.Dossier, "scopes", "cnaf_enfants", dossier._LONGEST_LIST),
    ],
)
def test_a_list_of_a_dossier_is_so_long(model: Any, name: str, one: str, most: int) -> None:
    """One more is refused, by its name."""
    assert model.model_validate({name: [f"{one}{n}" for n in range(most)]})
    with pytest.raises(ValidationError):
        model.model_validate({name: [f"{one}{n}" for n in range(most + 1)]})


@pytest.mark.parametrize(
    ("model", "field", "most"),
    [
        (dossier.Dossier, "title", fields._LONGEST_NAME),
        (dossier.Dossier, "purpose", fields._LONGEST_GROUND),
        (MODELS[RecordKind.STRUCTURE], "code", fields._LONGEST_CODE),
    ],
)
def test_a_text_of_a_record_is_so_long(model: Any, field: str, most: int) -> None:
    """One character more is refused, by the name of the field."""

    def refused(length: int) -> bool:
        try:
            model.model_validate({field: "x" * length})
        except ValidationError as wrong:
            return any(one["loc"] == (field,) for one in wrong.errors())
        return False

    assert (False, True) == (refused(most), refused(most + 1))


def test_so_many_people_sign() -> None:
    """One more is refused."""
    one = {"first_name": "Awa", "last_name": "Essai", "function": "f", "service": "s"}
    several = TypeAdapter(signatories.Signatories)

    assert signatories._MOST == len(several.validate_python([one] * signatories._MOST))
    with pytest.raises(ValidationError):
        several.validate_python([one] * (signatories._MOST + 1))


def _longest(model: Any, name: str) -> int:
    """The bound that a field's own schema gives."""
    schema = model.model_json_schema()["properties"][name]
    options = [schema, *schema.get("anyOf", ())]
    [most] = {one[key] for one in options for key in ("maxItems", "maximum") if key in one}
    return int(most)


@pytest.mark.parametrize(
    ("model", "name", "most"),
    [
        (modifiers.Sibling, "ranks", modifiers._MOST_RANKS),
        (methods.EffortRatePart, "rates", methods._MOST_LINES),
        (methods.FlatPart, "prices", methods._MOST_LINES),
        (methods.BandsPart, "grid", grids.MOST_BANDS),
        (pre_registration.Declared, "children", pre_registration._MOST_CHILDREN),
    ],
)
def test_a_list_of_what_is_handed_in_is_so_long(model: Any, name: str, most: int) -> None:
    """By the schema that is published."""
    assert most == _longest(model, name)


@given(st.lists(st.integers(-(10**7), 10**7), min_size=1, max_size=60))
def test_a_picture_has_so_many_bars(changes: list[int]) -> None:
    """Whatever the amounts."""
    bars = list(comparing._bars(np.array(changes, dtype=np.int64)))

    assert len(bars) <= comparing._MOST_BARS


@pytest.mark.parametrize(
    ("read", "most", "error"),
    [
        (tokens_of_records.read_token, tokens_of_records._LONGEST, RecordsError),
        (ways.token_of, ways._LARGEST_TOKEN, ways.NoWayError),
    ],
)
def test_a_token_s_file_is_so_long(
    tmp_path: Path, read: Callable[[Path], str], most: int, error: type[Exception]
) -> None:
    """A longer one is no token, and is not cut to be one."""
    file = tmp_path / "token"
    file.write_text("x" * most)

    assert most == len(read(file))
    file.write_text("x" * (most + 1))
    with pytest.raises(error):
        read(file)


def test_so_many_events_are_remembered(tmp_path: Path) -> None:
    """The last ones."""
    assert supervisor._REMEMBERED == Supervisor(Home(tmp_path / "home"))._events.maxlen


class _Overtaken:
    """A record in which somebody else is always first."""

    def __init__(self) -> None:
        self.begun = 0

    def begin(self) -> Any:
        self.begun += 1
        raise IntegrityError("", {}, Exception())


@pytest.mark.parametrize(
    ("commit", "most"),
    [
        (lambda parts: reception._commit(parts, cast("Any", None), rung=False), reception._TRIES),
        (lambda parts: admission._commit(parts, cast("Any", None), rung=False), admission._TRIES),
        (
            lambda parts: batch._commit(parts, *cast("Any", (None, None)), rung=False),
            batch._TRIES,
        ),
    ],
)
def test_who_is_overtaken_tries_so_often(commit: Callable[[Any], object], most: int) -> None:
    """Then whoever asked is told to come back."""
    record = _Overtaken()
    with pytest.raises((ProblemError, IntegrityError)):
        commit(SimpleNamespace(engine=record))

    assert most == record.begun


def test_so_many_faulty_decisions_are_named() -> None:
    """The others are counted."""
    verified = Verified()
    for version in range(verifying.MOST_LISTED + 5):
        verified = verified.with_one_more(DecisionFault("A", version, FaultKind.DRIFT))

    assert (verifying.MOST_LISTED + 5, verifying.MOST_LISTED) == (
        verified.faulty,
        len(verified.faults),
    )


def test_two_tax_households_at_most() -> None:
    """Each has one number in an application."""
    assert taxation.MOST_HOUSEHOLDS == TypeAdapter(taxation.TaxNumbers).json_schema()["maxItems"]


def test_so_many_ports_are_tried() -> None:
    """Then it is said, and nothing goes on drawing."""
    tried: list[int] = []
    with pytest.raises(StackError):
        ports.reserve(bind=tried.append)

    assert ports._TRIES == len(tried)
