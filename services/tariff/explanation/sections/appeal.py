"""Ways and delays of appeal: without them the two months do not run (CJA R. 421-5)."""

from services.tariff.explanation.content import Told
from services.tariff.explanation.paper import Section, Sentence, paragraph, points, said
from services.tariff.explanation.paper import section as titled
from shared.scheme_rules import Silence, SilenceEffect

_MONTHS = {1: "un mois", 2: "deux mois", 3: "trois mois", 4: "quatre mois", 6: "six mois"}


def section(told: Told) -> Section:
    """How to contest, until when, before whom."""
    return titled(
        "appeal",
        "Si vous n'êtes pas d'accord",
        paragraph(
            said(
                "appeal.delay",
                "Vous pouvez contester cette décision dans les deux mois qui suivent le jour où "
                "vous la recevez (articles R. 421-1 et R. 421-5 du CJA).",
            )
        ),
        points(_gracious(told), _gracious_silence(), _court(told), _mediation(), _defender()),
        paragraph(_clock(told)),
    )


def _gracious(told: Told) -> Sentence:
    authority = told.decision.authority
    to = ", ".join((authority.name, *authority.contact.address))
    return said(
        "appeal.gracious",
        f"Recours gracieux : écrivez à cette adresse, {to}. Dites pourquoi vous n'êtes pas "
        "d'accord. C'est gratuit, et une personne examine toujours votre recours.",
    )


def _gracious_silence() -> Sentence:
    return said(
        "appeal.gracious_silence",
        "Sans réponse de notre part en deux mois, ce recours est rejeté. Vous avez alors deux "
        "nouveaux mois pour saisir le tribunal (articles L. 411-2 et L. 411-7 du CRPA).",
    )


def _court(told: Told) -> Sentence:
    contact = told.decision.authority.contact
    court = contact.tribunal or "le tribunal administratif dont dépend notre collectivité"
    address = f" ({contact.tribunal_address})" if contact.tribunal_address else ""
    return said(
        "appeal.court",
        f"Recours au tribunal : {court}{address}. Vous pouvez le saisir par courrier, ou sur "
        "https://www.telerecours.fr.",
    )


def _mediation() -> Sentence:
    return said(
        "appeal.mediation",
        "Médiation : vous pouvez nous la proposer, ou la demander au tribunal. Si nous l'acceptons "
        "tous les deux, le délai s'arrête (articles L. 213-5 et L. 213-6 du CJA).",
    )


def _defender() -> Sentence:
    return said(
        "appeal.defender",
        "Défenseur des droits : vous pouvez le saisir gratuitement sur "
        "https://www.defenseurdesdroits.fr. Le délai de deux mois continue de courir.",
    )


def _clock(told: Told) -> Sentence | None:
    """What silence would have meant; told once, with the first decision."""
    silence = told.decision.scheme.silence
    if silence is None or told.decision.before is not None:
        return None
    return said("appeal.clock", _clock_text(silence))


def _clock_text(silence: Silence) -> str:
    accepted = silence.effect is SilenceEffect.ACCEPTANCE
    article = "L. 231-1" if accepted else "L. 231-4"
    effect = "acceptée" if accepted else "refusée"
    months = _MONTHS.get(silence.months, f"{silence.months} mois")
    clock = "court quand la demande est complète" if accepted else "s'arrête s'il manque une pièce"
    return (
        f"Nous avions {months} pour répondre à votre demande ; ce délai {clock}. Sans réponse, "
        f"elle aurait été {effect} (article {article} du CRPA)."
    )
