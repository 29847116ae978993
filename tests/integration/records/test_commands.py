"""The commands on records: what they say, how they end, what they never show."""

import json
import os
import pwd
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from services.command.records.kinds import Kind

if TYPE_CHECKING:
    from tests.integration.records.conftest import Town

pytestmark = pytest.mark.stack

_TOKEN = "jeton-invente"


def _said(town: "Town", *words: str) -> Any:
    return json.loads(town.berceau(*words, "--json").stdout)


def _set_up(town: "Town") -> None:
    """The same records as those of a page, one command each."""
    for words in (
        "authority create arles --name Arles --kind commune --siret 21130004100012",
        "structure create mesanges --authority arles --name Mésanges --care-type collectif",
        "habilitation create arles --authority arles --recipient 21130004100012",
        "scheme create creches --authority arles --habilitation arles --name Crèches",
        "portal create famille --authority arles --name Famille",
    ):
        town.berceau(*words.split())


def test_each_kind_is_created_shown_listed_and_changed(town: "Town") -> None:
    """One command each, from an empty database; the change is what is shown afterwards."""
    _set_up(town)
    for words, field, value in (
        ("authority change arles --name Ville", "name", "Ville"),
        (
            "structure change mesanges --authority arles --care-type micro_creche",
            "care_types",
            ["micro_creche"],
        ),
        ("habilitation change arles --pace 10", "pace", 10),
        ("scheme change creches --authority arles --stage estimate", "stages", ["estimate"]),
        ("portal change famille --requests-per-minute 600", "requests_per_minute", 600),
    ):
        town.berceau(*words.split())
        noun, _, code, *more = words.split()
        within = more[:2] if Kind(noun).within else []
        shown = _said(town, noun, "show", code, *within)
        assert value == shown[field]
        assert [shown] == _said(town, noun, "list")
        assert shown["name" if "name" in shown else "code"] in town.berceau(noun, "list").stdout


def test_a_change_is_one_line_of_the_journal(town: "Town") -> None:
    """Who, what, from and to; a change to the same writes nothing."""
    _set_up(town)

    for _ in range(2):
        town.berceau("habilitation", "change", "arles", "--pace", "10", "--burst", "2")

    lines = _said(town, "records", "journal")
    assert 6 == len(lines)
    assert {"pace": [18, 10]} == lines[-1]["change"]
    assert ("habilitation", "arles") == (lines[-1]["kind"], lines[-1]["code"])
    assert lines[-1]["actor"].startswith("command:")
    assert [lines[-1]] == _said(town, "records", "journal", "--last", "1")


@pytest.mark.parametrize(
    "words",
    [
        "authority show no",
        "authority change no --name x",
        "structure show mesanges --authority no",
        "scheme change no --authority arles --name x",
        "portal key mint no",
        "portal key list no",
        "portal key revoke 4d9a2f4e-8a5f-4a6e-9a55-0f3f3b1c2d10",
    ],
)
def test_what_does_not_exist_ends_in_1_with_a_remedy(town: "Town", words: str) -> None:
    """The command that lists what exists; nothing is written."""
    assert " list »" in town.berceau(*words.split(), code=1).stderr
    assert 0 == town.one("SELECT count(*) FROM changes")


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("authority create sete --name Sète --kind ville --siret 1", "--kind"),
        ("structure create x --authority arles --name X --care-type garde", "--care-type"),
        ("authority create arles --name X --kind epci --siret 21130004100012", "existe déjà"),
        ("habilitation change arles --token-expires-at 2020-01-01", "--token-expires-at"),
        ("scheme change creches --authority arles --validation automatic", "DPO"),
        ("portal key mint famille --scope all", "--scope"),
        ("portal key mint famille --expires 2020-01-01", "--expires"),
        ("portal key revoke 12", "id"),
        ("records export --format csv", "--out"),
        ("records import ring.json", "ring.json"),
        ("habilitation change arles --token-file nowhere", "n'existe pas"),
        ("habilitation change arles --token-file .", "un dossier"),
        ("records import nowhere.yaml", "n'existe pas"),
        ("records export --json --out x.json", "--out"),
        ("records export --out nowhere/x.yaml", "n'existe pas"),
    ],
)
def test_what_is_wrong_ends_in_2_and_names_the_field(town: "Town", words: str, named: str) -> None:
    """And writes nothing."""
    _set_up(town)

    assert named in town.berceau(*words.split(), code=2).stderr
    assert 5 == town.one("SELECT count(*) FROM changes")


def test_a_token_is_sealed_and_never_said(town: "Town") -> None:
    """From a file and from stdin; not in what is shown, exported or journalled; once is enough."""
    _set_up(town)
    file = town.file("token", f"{_TOKEN}\n")

    said = [town.berceau("habilitation", "change", "arles", "--token-file", file).output]
    sealed = town.one("SELECT sealed_token FROM habilitations")
    said.append(
        town.berceau("habilitation", "change", "arles", "--token-file", "-", typed=_TOKEN).output
    )

    assert _TOKEN == town.ring.open_secret(sealed)
    assert sealed == town.one("SELECT sealed_token FROM habilitations")
    said += [town.berceau("records", "export", "--json").output]
    said += [town.berceau("habilitation", "show", "arles").output]
    said += town.column("SELECT change FROM changes")
    assert '{"token":"changed"}' == said[-1]
    assert not [one for one in said if _TOKEN in one or "sealed" in one]


@pytest.mark.parametrize(
    "content", ["", "deux mots", "deux\nlignes", "é" * 12, "x" * 16_385, "\ufeffjeton"]
)
def test_what_is_no_token_is_refused(town: "Town", content: str) -> None:
    """Before anything is written, by a word that does not say it again."""
    _set_up(town)
    sealed = town.one("SELECT sealed_token FROM habilitations")
    words = ("habilitation", "change", "arles", "--token-file")

    for source, typed in ((town.file("token", content), ""), ("-", content)):
        said = town.berceau(*words, source, code=2, typed=typed).output
        assert said.startswith("--token-file : ")
        assert content == "" or content not in said
    assert sealed == town.one("SELECT sealed_token FROM habilitations")


def test_who_changes_is_the_account_not_what_it_says_of_itself(town: "Town") -> None:
    """A variable of the environment can say anyone."""
    town.env |= {"LOGNAME": "maire", "USER": "maire"}
    _set_up(town)

    account = pwd.getpwuid(os.getuid()).pw_name
    assert {f"command:{account}"} == set(town.column("SELECT actor FROM changes"))


def test_an_added_profile_is_taken_and_warned_of(town: "Town") -> None:
    """On stderr, with exit code 0: the verifiers' machines have the package, this one need not."""
    _set_up(town)

    said = town.berceau("scheme", "change", "creches", "--authority", "arles", "--profile", "fonds")

    assert "BERCEAU_PROVIDERS" in said.stderr
    assert "" == said.stdout
    assert "fonds" == town.one("SELECT profile FROM schemes")


def test_a_key_is_shown_once_and_only_its_hash_is_kept(town: "Town") -> None:
    """On stdout alone; the list has its scopes and its end, never the key or its hash."""
    _set_up(town)

    minted = town.berceau(
        "portal",
        "key",
        "mint",
        "famille",
        "--scope",
        "decisions:read",
        "--expires",
        "2099-01-01",
        "--label",
        "lecture",
    )
    key = minted.stdout.strip()

    [listed] = _said(town, "portal", "key", "list", "famille")
    assert key.startswith("berceau_")
    assert ["decisions:read"] == listed["scopes"]
    assert ("lecture", "2099-01-01T00:00:00Z") == (listed["label"], listed["expires_at"])
    assert listed["id"] in minted.stderr
    assert "revoked_at" not in listed
    assert "key_hash" not in listed
    key_hash = town.one("SELECT encode(key_hash, 'hex') FROM portal_keys")
    shown = town.berceau("portal", "key", "list", "famille").output
    for secret in (key, key_hash):
        assert secret not in shown + minted.stderr + str(town.column("SELECT change FROM changes"))


def test_a_key_ends_when_it_is_told_to(town: "Town") -> None:
    """At a time to come, then now; an end that has come stays what it was."""
    _set_up(town)
    town.berceau("portal", "key", "mint", "famille")
    id_ = str(town.one("SELECT id FROM portal_keys"))

    past = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    town.berceau("portal", "key", "revoke", id_, "--at", past, code=2)
    town.berceau("portal", "key", "revoke", id_, "--at", "2099-01-01")
    assert 2099 == town.one("SELECT revoked_at FROM portal_keys").year
    town.berceau("portal", "key", "revoke", id_)
    ended = town.one("SELECT revoked_at FROM portal_keys")
    town.berceau("portal", "key", "revoke", id_)

    assert ended <= datetime.now(UTC)
    assert ended == town.one("SELECT revoked_at FROM portal_keys")
    assert 8 == town.one("SELECT count(*) FROM changes")


def test_who_signs_is_changed_from_a_file_and_not_repeated_by_the_journal(town: "Town") -> None:
    """The list is replaced whole; a fault is told where it stands; `show` says each field."""
    town.import_records()
    signs = "[{first_name: Awa, last_name: Invention, function: maire, service: Enfance}]"
    change = ("authority", "change", "arles", "--signatories-file")

    town.berceau(*change, town.file("signs.yaml", signs))
    told = town.berceau(*change, town.file("wrong.yaml", "- first_name: Awa\n"), code=2).stderr

    assert "wrong.yaml, ligne 1 : 1.last_name : manque" in told
    assert (
        "signatories.1.last_name : Invention" in town.berceau("authority", "show", "arles").stdout
    )
    journal = town.berceau("records", "journal").stdout
    assert '"signatories.1.last_name": "changed"' in journal
    assert "Invention" not in journal


def test_the_rules_of_a_scheme_are_changed_from_a_file(town: "Town") -> None:
    """And stand in the journal in full: they name nobody."""
    town.import_records()
    rules = town.file("rules.yaml", "silence: {effect: rejection}\ncommunes: [13004]\n")

    town.berceau("scheme", "change", "creches", "--authority", "arles", "--rules-file", rules)

    stands = town.one("SELECT rules FROM schemes")
    assert {"communes": ["13004"], "silence": {"effect": "rejection", "months": 2}} == stands
    assert (
        '"rules.silence.effect": [null, "rejection"]' in town.berceau("records", "journal").stdout
    )
