"""Letters: the answer first, each figure, each mention that the law asks for, and nothing else."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.tariff.explanation.content import NoEnvelopeError, read_content
from services.tariff.explanation.grounds import GROUNDS, ground_sentence
from services.tariff.explanation.household import NotOneHouseholdError, by_household
from services.tariff.explanation.letter import household_letter, letter
from services.tariff.explanation.paper import Paper, sentences_of
from services.tariff.explanation.plain import as_json
from shared.application import Address
from shared.civil_status import Sex
from shared.decisions import (
    AuthorityTold,
    Before,
    Change,
    DecisionKind,
    DecisionMode,
    Difference,
    FamilyTold,
)
from shared.reasons import Reason
from shared.scheme_rules import Silence, SilenceEffect
from tests import decided_families as families
from tests.letter_text import FOLDER, KINDS, as_text, goldens, paper_of

_HEALTH = ("AEEH", "handicap")


def _said(paper: Paper) -> dict[str, str]:
    """The sentences by name, without typography; of several of one name, the last."""
    return {one.name: _plain(one.text) for one in sentences_of(paper)}


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def _table(paper: Paper, name: str) -> list[list[str]]:
    """The rows of the first table of a name."""
    blocks = [block for part in as_json(paper)["sections"] for block in part["blocks"]]
    found: dict[str, Any] = next(b for b in blocks if b["type"] == "table" and b["name"] == name)
    return [[_plain(cell) for cell in row] for row in found["rows"]]


def _changed(**changes: Any) -> Paper:
    return letter(families.content(families.envelope(**changes), families.psu_record()))


@pytest.mark.parametrize("name", sorted(goldens()))
def test_the_golden_letters_are_written_again(name: str) -> None:
    """Sentence by sentence; one that is missing is written, to be read before it is kept."""
    file, written = FOLDER / name, goldens()[name]
    if not file.exists():
        file.write_text(written, encoding="utf-8")
        pytest.fail(f"{name} was written: read it")

    assert file.read_text("utf-8") == written


def test_there_is_no_golden_letter_too_many() -> None:
    """Each file is one of the letters that are written."""
    assert {file.name for file in FOLDER.iterdir()} == set(goldens())


@pytest.mark.parametrize("kind", KINDS)
def test_the_answer_comes_first(kind: str) -> None:
    """Whatever is decided, the first sentence of the first section says it."""
    first = paper_of(kind).sections[0]

    assert "answer" == first.name
    assert sentences_of(paper_of(kind))[0].name.startswith("answer.")


def test_a_fee_says_each_figure() -> None:
    """Month, hour, hours, payments, first day, next revision."""
    paper = letter(families.fee())
    said = _said(paper)

    assert (
        "Pour Zoé, vous payez 284,28 € par mois à partir du 1er décembre 2026."
        == (said["answer.fee"])
    )
    assert "Une heure coûte 2,06 €." == said["answer.unit"]
    assert (
        "Ce montant est à payer 11 fois, pour 1 518 heures réservées."
        == (said["answer.instalments"])
    )
    assert [
        ["Montant du mois", "284,28 €"],
        ["Prix (par heure)", "2,06 €"],
        ["Heures par semaine", "35"],
        ["Semaines", "46"],
        ["Heures de fermeture, déduites", "92"],
        ["Heures réservées", "1 518"],
        ["Nombre de paiements", "11"],
        ["À partir du", "1er décembre 2026"],
    ] == _table(paper, "brief")
    assert "nous reverrons ce montant le 1er janvier 2027" in said["remedy.revision"]


def test_the_computation_is_that_of_the_record() -> None:
    """The same sentences as the explanation that was stored, without its own mention."""
    content = families.fee()
    told = [one.text for one in sentences_of(letter(content)) if one.name.startswith("step.")]

    assert content["explanation"][:-1] == told


def test_the_data_says_where_it_came_from_and_when() -> None:
    """Each datum with its origin and its day, certified or declared."""
    assert [
        ["Type d'accueil", "accueil collectif", "Votre demande", "16 novembre 2026"],
        ["Enfants à charge", "2", "CAF ou MSA", "20 novembre 2026"],
        ["Ressources de l'année (2024)", "48 000,00 €", "CAF ou MSA", "20 novembre 2026"],
        ["Contrat", "1 518 heures, 11 paiements", "Votre demande", "16 novembre 2026"],
    ] == _table(letter(families.fee()), "data")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "mention",
    [
        "dans les deux mois qui suivent le jour où vous la recevez (articles R. 421-1 et R. 421-5",
        "Recours gracieux : écrivez à cette adresse, Ville de Valmoisin, 12 rue des Platanes",
        "Sans réponse de notre part en deux mois, ce recours est rejeté",
        "Tribunal administratif de Marseille (31 rue Jean-François Leca, 13002 Marseille)",
        "https://www.telerecours.fr",
        "Médiation : vous pouvez nous la proposer",
        "https://www.defenseurdesdroits.fr",
        "Cette décision repose sur un traitement algorithmique. Il sert à",
        "articles L. 311-3-1 et R. 311-3-1-1 du CRPA",
        "nos coordonnées sont en haut de cette lettre",
        "vous pouvez saisir la CADA dans les deux mois (articles R. 311-12, R. 311-13 et R. 343-1",
        "commission d'accès aux documents administratifs : https://www.cada.fr",
        "article L. 312-1-3 du CRPA) : https://demarches.valmoisin.test",
        "Le responsable du traitement est : Ville de Valmoisin (SIRET 21130004800012).",
        "mission d'intérêt public (article 6, paragraphe 1, point e, du RGPD)",
        "Qui les reçoit : nos agents habilités",
        "Combien de temps : 3 ans",
        "Écrivez au délégué à la protection des données : dpo@valmoisin.test",
        "https://www.cnil.fr/plaintes",
        "Vous avez le droit de faire corriger vos données (article 16 du RGPD)",
        "petite-enfance@valmoisin.test, au 04 90 00 00 00",
        "CRPA : code des relations entre le public et l'administration.",
    ],
)
def test_every_letter_has_what_the_law_asks(kind: str, mention: str) -> None:
    """Appeals, algorithm, data protection, correction: whatever was decided."""
    assert mention in _plain(as_text(paper_of(kind)))


@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_names_its_author(kind: str) -> None:
    """First name, name, function, service and delegation (CRPA L. 212-1)."""
    closing = paper_of(kind).closing

    assert (
        "Hélène Bastide",
        "Directrice de la petite enfance",
        "Service petite enfance",
        "Délégation : arrêté n° 2026-114 du 3 juillet 2026",
    ) == closing[:4]
    assert "article L. 212-2" in _plain(closing[4])


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        (DecisionMode.AUTOMATIC, "Le traitement a pris cette décision seul"),
        (DecisionMode.VALIDATED, "Une personne l'a vérifiée, puis validée."),
        (DecisionMode.BY_AGENT, "Une personne a pris cette décision."),
    ],
)
def test_the_share_of_the_algorithm_is_told(mode: DecisionMode, told: str) -> None:
    """Alone, validated by a person, or decided by one; alone, a person may be asked for."""
    sentence = _said(_changed(mode=mode))["algorithm.mode"]

    assert told in sentence
    assert (mode is DecisionMode.AUTOMATIC) == ("à une personne de la réexaminer" in sentence)


def test_a_provisional_fee_says_why_and_at_what() -> None:
    """Provisional, for want of what, at which price, until when."""
    said = _said(letter(families.provisional()))

    assert (
        "Pour Zoé, vous payez pour l'instant 36,00 € par mois à partir du 1er décembre 2026."
        == (said["answer.provisional"])
    )
    assert "Ce tarif est provisoire." == said["answer.is_provisional"]
    assert "Nous n'avons pas pu connaître vos ressources." == said["answer.ground"]
    assert (
        "En attendant, nous avons retenu le prix le plus haut du barème."
        == (said["answer.stands_in"])
    )
    assert "vous recevrez une nouvelle décision" in said["answer.until"]


def test_no_fee_says_why_and_what_to_do() -> None:
    """No amount anywhere, the reason, and the next step."""
    paper = letter(families.no_fee())
    said = _said(paper)

    assert "Nous ne pouvons pas fixer de tarif pour Zoé." == said["answer.no_fee"]
    assert "Nous n'avons pas pu connaître vos ressources." == said["answer.ground"]
    assert "Contactez-nous pour que nous le fixions." == said["answer.next"]
    assert "€" not in as_text(paper)


def test_an_aid_that_is_refused_says_on_which_condition() -> None:
    """The ground, the certified figure, the threshold, and each condition that was checked."""
    paper = letter(families.aid_refused())
    said = _said(paper)

    assert (
        "Nous ne pouvons pas vous accorder l'aide « Bébé à la maison » pour Zoé."
        == (said["answer.not_awarded"])
    )
    assert (
        "de novembre 2026 est de 1 312 €. Le plafond de l'aide est de 1 100 €."
        in (said["answer.check"])
    )
    assert [["Commune de résidence", "Remplie"], ["Condition de ressources", "Non remplie"]] == [
        row[:2] for row in _table(paper, "checks")
    ]


def test_an_aid_that_the_grid_refuses_is_explained_by_it() -> None:
    """The figure, the band, and that it opens no right."""
    said = _said(letter(families.aid_beyond()))

    assert (
        "Vos ressources dépassent celles qui ouvrent droit à cette aide." == (said["answer.ground"])
    )
    assert (
        "dans la tranche à partir de 2 400,01 €, qui n'ouvre pas droit à l'aide."
        in (said["step.band"])
    )


def test_an_aid_that_is_awarded_says_how_much() -> None:
    """Awarded, from when, how much and how often."""
    said = _said(letter(families.aid_awarded()))

    assert (
        "Nous vous accordons l'aide « Bébé à la maison » pour Zoé, à partir du 1er décembre 2026. "
        "Vous recevez 220,00 € par mois."
    ) == said["answer.awarded"]


def test_a_later_version_says_what_changed() -> None:
    """What it replaces and until when, both amounts, why, and what is owed."""
    paper = letter(families.changed())
    said = _said(paper)
    why = [_plain(s.text) for s in sentences_of(paper) if s.name == "change.because"]

    assert (
        "Cette décision remplace celle qui s'appliquait depuis le 1er septembre 2026."
        == (said["change.replaces"])
    )
    assert "La décision précédente reste valable jusqu'au 30 septembre 2026." == said["change.kept"]
    assert (
        "Vous payiez 342,24 € par mois. Maintenant, vous payez 284,28 € par mois."
        == (said["change.month"])
    )
    assert [
        "Vos ressources ont changé.",
        "Les enfants pris en compte dans votre foyer ont changé.",
    ] == why
    assert "Pour les 2 mois déjà écoulés, nous vous devons 115,92 €." == said["change.owed"]


@pytest.mark.parametrize(
    ("difference", "told"),
    [
        (
            Difference(months=1, owed_cents=500),
            "Pour le mois déjà écoulé, vous devez encore 5,00 €.",
        ),
        (Difference(months=3, owed_cents=0), "il n'y a aucune différence à régler."),
        (Difference(months=3, owed_cents=None), "la différence dépend des heures facturées."),
    ],
)
def test_what_is_owed_is_told_either_way(difference: Difference, told: str) -> None:
    """Owed by the family, nothing, or not known before the invoices."""
    before = Before(version=1, valid_from=date(2026, 9, 1), price_cents=248, monthly_cents=None)

    assert told in _said(_changed(before=before, difference=difference))["change.owed"]


@pytest.mark.parametrize("change", list(Change))
def test_every_change_has_its_sentence(change: Change) -> None:
    """And none tells a portal or a relative that AEEH came or went."""
    before = Before(version=1, valid_from=date(2026, 9, 1), price_cents=248, monthly_cents=34224)
    said = _said(_changed(before=before, because=(change,)))

    assert said["change.because"]
    assert not any(word in said["change.because"] for word in _HEALTH)


@pytest.mark.parametrize(
    ("effect", "told"),
    [
        (SilenceEffect.ACCEPTANCE, "elle aurait été acceptée (article L. 231-1 du CRPA)"),
        (SilenceEffect.REJECTION, "elle aurait été refusée (article L. 231-4 du CRPA)"),
    ],
)
def test_the_clock_of_silence_is_told_once(effect: SilenceEffect, told: str) -> None:
    """With the first decision of a scheme that has one; not with those that follow."""
    scheme = families.CRECHES.model_copy(update={"silence": Silence(effect=effect, months=4)})
    before = Before(version=1, valid_from=date(2026, 9, 1), price_cents=1, monthly_cents=None)
    sentence = _said(_changed(scheme=scheme))["appeal.clock"]

    assert told in sentence
    assert "Nous avions quatre mois pour répondre" in sentence
    assert "appeal.clock" not in _said(_changed(scheme=scheme, before=before))
    assert "appeal.clock" not in _said(
        _changed(scheme=families.CRECHES.model_copy(update={"silence": None}))
    )


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "disability"])
def test_health_data_is_told_only_where_it_counted(kind: str) -> None:
    """No other letter has a word of it, though the record holds the count."""
    text = as_text(paper_of(kind))

    assert not any(word in text for word in _HEALTH)


def test_health_data_that_counted_is_told() -> None:
    """In the computation, which would be wrong without it, and among the data."""
    text = as_text(paper_of("disability"))

    assert "1 enfant du foyer bénéficie de l'allocation d'éducation de l'enfant handicapé" in text
    assert ["Enfants qui ont droit à l'AEEH", "1"] in [
        row[:2] for row in _table(paper_of("disability"), "data")
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_the_proof_of_the_state_is_nowhere(kind: str) -> None:
    """It opens a family's figures to whoever holds it."""
    told = str(as_json(paper_of(kind)))

    assert families.PROOF["url"] not in told
    assert families.PROOF["code"] not in told


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_ground_that_settles(reason: Reason) -> None:
    """A sentence for a decision, not for a wait, without a word of health data."""
    text = ground_sentence(reason).text

    assert text.endswith(".")
    assert "va vérifier" not in text
    assert not any(word in text for word in _HEALTH)


def test_a_ground_that_is_not_known_is_told_plainly() -> None:
    """A word of a later release is never shown as it is."""
    assert "mystery" not in ground_sentence("mystery").text
    assert len(set(GROUNDS.values())) == len(GROUNDS)


def test_one_household_has_one_letter() -> None:
    """Each child's answer, what is paid in all, and what is the same told once."""
    paper = household_letter(families.siblings())
    said = _said(paper)
    headings = [
        block["text"]
        for part in as_json(paper)["sections"]
        for block in part["blocks"]
        if block["type"] == "subheading"
    ]

    assert "Pour Zoé et Ilan, vous payez 568,56 € par mois en tout." == said["answer.total"]
    assert ["Zoé", "Ilan", "Zoé et Ilan", "Zoé et Ilan"] == headings
    assert "Donnez les références 7K3F-9QXM-2WT3 et 9QXM-7K3F-5HVA." in said["algorithm.exercise"]


def _of(**changes: Any) -> dict[str, Any]:
    """A decision about the child of another applicant, or of another authority."""
    return families.content(families.envelope(**changes), families.psu_record())


_FATHER = families.APPLICANT.model_copy(update={"first_names": ("Marc",), "sex": Sex.MALE})
_ELSEWHERE = FamilyTold(child=families.ILAN, applicant=_FATHER, address=families.ADDRESS)
_MOVED = FamilyTold(
    child=families.ILAN,
    applicant=families.APPLICANT.model_copy(update={"birth_name": "LÔ"}),
    address=Address(line="8 quai Sud", postcode="13990", city="Valmoisin", commune="13004"),
)
_OTHER_TOWN = AuthorityTold(code="aigremont", name="Aigremont", siret="21130004800012")


@pytest.mark.parametrize("other", [{"family": _ELSEWHERE}, {"authority": _OTHER_TOWN}])
def test_two_households_never_share_a_letter(other: dict[str, Any]) -> None:
    """Nothing of one parent's application goes to the other, nor from one town to another."""
    contents = [families.fee(), _of(**other)]

    with pytest.raises(NotOneHouseholdError):
        household_letter(contents)
    assert [1, 1] == [len(group) for group in by_household(map(read_content, contents))]


def test_a_household_is_its_applicant() -> None:
    """However the name was typed; the letter goes to the address of the latest decision."""
    later = families.DECIDED + timedelta(minutes=5)
    paper = household_letter([families.fee(), _of(family=_MOVED, decided_at=later)])

    assert "8 quai Sud" in paper.recipient


def test_what_is_decided_on_two_days_is_two_letters() -> None:
    """A letter is of one day."""
    contents = [families.fee(), _of(decided_at=families.DECIDED + timedelta(days=1))]

    assert [1, 1] == [len(group) for group in by_household(map(read_content, contents))]


def test_an_old_decision_has_no_letter() -> None:
    """It was sealed without what a letter says."""
    with pytest.raises(NoEnvelopeError):
        letter({"record": families.psu_record(), "explanation": []})


def test_what_is_lacking_is_named_to_who_prints() -> None:
    """Author, ways to reach the service, tribunal, DPO, retention; and in no rendering."""
    bare = AuthorityTold(code="valmoisin", name="Ville de Valmoisin", siret="21130004800012")
    paper = _changed(author=None, authority=bare)

    assert (
        "l'auteur de la décision (prénom, nom, fonction, service)",
        "un courriel ou un téléphone du service",
        "l'adresse postale du service",
        "le tribunal compétent",
        "l'adresse du tribunal",
        "le délégué à la protection des données",
        "la durée de conservation des données",
    ) == paper.lacks
    assert () == letter(families.fee()).lacks
    assert "lacks" not in as_json(paper)
    assert "le tribunal administratif dont dépend notre collectivité" in as_text(paper)


@pytest.mark.parametrize("kind", list(DecisionKind))
def test_every_kind_of_decision_has_a_letter(kind: DecisionKind) -> None:
    """With a record or without one."""
    for record in (None, families.psu_record()):
        told = families.envelope(kind=kind, contract=None)
        assert letter(families.content(told, record)).sections[0].blocks
