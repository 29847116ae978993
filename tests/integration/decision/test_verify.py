"""`berceau decision replay` and `verify`: each change of what is stored is found and named."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from services.command.decision.checking import _MOST_PLACES
from shared.store.places import decision_place

if TYPE_CHECKING:
    from tests.integration.decision.conftest import Decisions

pytestmark = pytest.mark.stack
_Type = Callable[..., tuple[int, str]]


def test_decisions_that_are_whole_replay(decisions: "Decisions", berceau: _Type) -> None:
    """All of them, byte for byte, without a figure on the screen."""
    for resources in ("0.00", "48000.00", "120000.00"):
        decisions.decide(resources)

    assert (
        0,
        (
            "Décisions vérifiées : 3 lues, dont 3 recalculées à l'identique, "
            "0 fixée par un agent, intacte, 0 effacée, 0 en défaut.\n"
        ),
    ) == berceau("verify")


def test_one_decision_replays_with_its_digest(decisions: "Decisions", berceau: _Type) -> None:
    """A person compares what two machines say."""
    reference = decisions.reference(decisions.decide())

    code, said = berceau("replay", reference)
    again = berceau("replay", reference, "--version", "1")

    assert 0 == code
    assert said.startswith("Version 1 : recalculée à l'identique, ")
    assert (code, said) == again
    assert 2 == berceau("replay", reference, "--version", "2")[0]
    assert 2 == berceau("replay", "T-0")[0]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            (
                "UPDATE decisions SET sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1)"
                " WHERE application_id = :id"
            ),
            "les octets enregistrés ont été changés",
        ),
        (
            (
                "UPDATE decisions SET sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1),"
                " sealed_digest = 'sha256:' || encode(sha256(set_byte(sealed, 40,"
                " get_byte(sealed, 40) # 1)), 'hex') WHERE application_id = :id"
            ),
            "le journal ne connaît pas cette décision",
        ),
        (
            (
                "UPDATE application_keys SET wrapped = (SELECT wrapped FROM application_keys k"
                " WHERE k.application_id <> :id LIMIT 1) WHERE application_id = :id"
            ),
            "le contenu scellé ne s'ouvre pas",
        ),
        (
            "UPDATE decisions SET tariff_version = '2025-09-01' WHERE application_id = :id",
            "la ligne et le contenu scellé ne disent pas la même chose (tariff_version)",
        ),
        (
            "UPDATE decisions SET engine_version = '0' WHERE application_id = :id",
            "la ligne et le contenu scellé ne disent pas la même chose (engine_version)",
        ),
    ],
)
def test_what_was_changed_is_named(
    decisions: "Decisions", berceau: _Type, statement: str, said: str
) -> None:
    """The decision, by reference and version, and what of it; the others stay whole."""
    decisions.decide()
    changed = decisions.decide()
    decisions.intrude(statement, id=changed)

    code, told = berceau("verify")

    assert 1 == code
    assert f"Dossier {decisions.reference(changed)}, version 1 : {said}" in told
    assert "2 lues, dont 1 recalculée à l'identique" in told
    assert "1 en défaut" in told


def test_a_record_that_no_longer_comes_out_is_drift(decisions: "Decisions", berceau: _Type) -> None:
    """A figure changed before it was sealed: the place is named, never the figure."""

    def falsified(record: dict[str, Any]) -> dict[str, Any]:
        return record | {"fee": record["fee"] | {"hourly_cents": 1}}

    honest = decisions.decide()
    row = decisions.record.one("SELECT sealed FROM decisions WHERE application_id = :id", id=honest)
    content = json.loads(decisions.record.key_of(honest).open(row, place=decision_place(honest)))
    false = decisions.decide(record=falsified(content["record"]))

    code, told = berceau("verify")

    assert 1 == code
    line = f"Dossier {decisions.reference(false)}, version 1 : recalculée, elle donne un autre"
    assert f"{line} résultat (/fee/hourly_cents).\n" in told


def test_so_many_places_of_a_drift_are_named(decisions: "Decisions", berceau: _Type) -> None:
    """The first ones: one decision of another engine may differ everywhere."""
    honest = decisions.decide()
    row = decisions.record.one("SELECT sealed FROM decisions WHERE application_id = :id", id=honest)
    content = json.loads(decisions.record.key_of(honest).open(row, place=decision_place(honest)))
    fee = content["record"]["fee"] | {f"other_{n}": n for n in range(_MOST_PLACES + 2)}
    decisions.decide(record=content["record"] | {"fee": fee})

    assert _MOST_PLACES == berceau("verify")[1].count("/fee/other_")


def test_an_unknown_tariff_is_said(decisions: "Decisions", berceau: _Type) -> None:
    """Neither shipped nor published here: nothing can be computed again."""
    id_ = decisions.decide()
    row = decisions.record.one("SELECT sealed FROM decisions WHERE application_id = :id", id=id_)
    content = json.loads(decisions.record.key_of(id_).open(row, place=decision_place(id_)))
    record = content["record"] | {"tariff": content["record"]["tariff"] | {"version": "2026-02-30"}}
    other = decisions.decide(record=record)
    decisions.intrude(
        "UPDATE decisions SET tariff_version = '2026-02-30' WHERE application_id = :id", id=other
    )

    assert "son barème n'est ni livré ni publié ici" in berceau("verify")[1]


def test_an_erased_family_and_an_agents_own_decision(
    decisions: "Decisions", berceau: _Type
) -> None:
    """Neither can be computed again, and neither is a fault."""
    erased = decisions.decide()
    decisions.intrude("DELETE FROM application_keys WHERE application_id = :id", id=erased)
    decisions.decide(record=None)

    code, told = berceau("verify", "--json")

    assert 0 == code
    assert {
        "decisions": 2,
        "recomputed": 0,
        "settled": 1,
        "erased": 1,
        "faulty": 0,
        "faults": [],
    } == json.loads(told)
