"""The states of an application, the moves between them, and the reasons they carry.

`MOVES` is the single list: the store refuses any other move, the reference page is checked
against it, and the console draws it.
"""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Where an application stands."""

    ESTIMATED = (
        "ESTIMATED"  # told an estimate from declared figures; nothing fetched, nothing decided
    )
    RECEIVED = "RECEIVED"  # accepted and committed; its certified data is due
    VERIFIED = "VERIFIED"  # certified data is here; its fee is due
    PROPOSED = "PROPOSED"  # priced, and waits for a person's yes
    DECIDED = "DECIDED"  # a decision is in force
    PARKED = "PARKED"  # waits for a date, with a last date after which a person looks
    TO_REVIEW = "TO_REVIEW"  # a person must settle it
    WITHDRAWN = "WITHDRAWN"  # taken back by the family
    CLOSED = "CLOSED"  # ended by an agent, with a ground
    QUARANTINED = "QUARANTINED"  # started and never finished: ops look at it


class Lane(StrEnum):
    """A queue for one kind of haste."""

    NOW = "now"
    BULK = "bulk"


class Step(StrEnum):
    """What a worker does next; the name of a queue is `<step>.<lane>`."""

    VERIFY = "verify"
    PRICE = "price"


STEP_OF: dict[Status, Step] = {Status.RECEIVED: Step.VERIFY, Status.VERIFIED: Step.PRICE}
DUE_STATUS: dict[Step, Status] = {step: status for status, step in STEP_OF.items()}

MOVES: dict[tuple[Status, Status], str] = {
    (Status.ESTIMATED, Status.RECEIVED): "admitted: structure, date and hours are known",
    (Status.ESTIMATED, Status.TO_REVIEW): "admitted with documents: nothing is fetched",
    (Status.RECEIVED, Status.RECEIVED): "a later try: the provider was busy or unavailable",
    (Status.RECEIVED, Status.VERIFIED): "the State answered and the answer is about this family",
    (Status.RECEIVED, Status.PARKED): "nothing more can be known before a date",
    (Status.RECEIVED, Status.TO_REVIEW): "a machine must not settle it",
    (Status.VERIFIED, Status.DECIDED): "priced under a scheme that needs no person",
    (Status.VERIFIED, Status.PROPOSED): "priced, but a person must say yes",
    (Status.VERIFIED, Status.TO_REVIEW): "certified figures that a machine must not price",
    (Status.PARKED, Status.RECEIVED): "its date has come",
    (Status.PARKED, Status.TO_REVIEW): "its last date has passed",
    (Status.PROPOSED, Status.DECIDED): "an agent said yes",
    (Status.TO_REVIEW, Status.RECEIVED): "an agent mended it: ask the State again",
    (Status.TO_REVIEW, Status.VERIFIED): "an agent supplied the data: price it",
    (Status.TO_REVIEW, Status.DECIDED): "an agent decided",
    (Status.TO_REVIEW, Status.CLOSED): "an agent closed it, with a ground",
    (Status.DECIDED, Status.RECEIVED): "a re-check is due; the decision in force stays",
    (Status.RECEIVED, Status.QUARANTINED): "started several times, never finished",
    (Status.VERIFIED, Status.QUARANTINED): "started several times, never finished",
    (Status.QUARANTINED, Status.RECEIVED): "ops released it",
    (Status.QUARANTINED, Status.CLOSED): "ops closed it, with a ground",
    **{
        (status, Status.WITHDRAWN): "the family took it back"
        for status in (
            Status.ESTIMATED,
            Status.RECEIVED,
            Status.VERIFIED,
            Status.PARKED,
            Status.TO_REVIEW,
            Status.PROPOSED,
            Status.DECIDED,
            Status.QUARANTINED,
        )
    },
}


class Reason(StrEnum):
    """Why an application stands where it stands, when it is not the plain path."""

    NOT_IDENTIFIED = "not_identified"
    NO_FILE = "no_file"
    NO_CHILD_UNDER_SEVEN = "no_child_under_seven"
    INPUT_REFUSED = "input_refused"
    INCONSISTENT = "inconsistent"
    CHILD_NOT_LISTED = "child_not_listed"
    PROVIDER_BUSY = "provider_busy"
    PROVIDER_UNAVAILABLE = "provider_unavailable"
    ACCESS_FORBIDDEN = "access_forbidden"
    ANSWER_UNREADABLE = "answer_unreadable"
    PROVIDER_MISSING = "provider_missing"
    RESOURCES_UNKNOWN = "resources_unknown"
    DOUBTFUL_YEAR = "doubtful_year"
    DISABILITY_EXCEEDS_CHILDREN = "disability_exceeds_children"
    FIGURES_TO_CHECK = "figures_to_check"
    TARIFF_MISSING = "tariff_missing"
    IDENTITY_UNCHECKED = "identity_unchecked"
    DISABILITY_COUNTED = "disability_counted"
    AGENT_VALIDATES = "agent_validates"
    DOCUMENTS_CHOSEN = "documents_chosen"
    NEVER_FINISHED = "never_finished"


SEEN_BY_PORTALS: dict[Reason, Reason] = {
    Reason.DISABILITY_COUNTED: Reason.AGENT_VALIDATES,
    Reason.DISABILITY_EXCEEDS_CHILDREN: Reason.FIGURES_TO_CHECK,
}
"""What a portal is told instead: that a child has the AEEH is health data, and stays here."""


@dataclass(frozen=True, slots=True)
class Sentences:
    """What a reason says, in French: to the agent who settles, to the family who waits."""

    agent: str
    family: str


SENTENCES: dict[Reason, Sentences] = {
    Reason.NOT_IDENTIFIED: Sentences(
        agent="L'état civil transmis n'a permis d'identifier personne : vérifier le nom de "
        "naissance, les prénoms, la date et la commune de naissance.",
        family="Nous n'avons pas pu vous identifier auprès de la CAF ou de la MSA. Un agent va "
        "vérifier votre état civil avec vous.",
    ),
    Reason.NO_FILE: Sentences(
        agent="La personne est identifiée, mais n'a pas de dossier utilisable à la CAF ni à la "
        "MSA. Un droit nouveau peut mettre 30 jours à apparaître.",
        family="La CAF ou la MSA ne nous a pas encore transmis votre dossier. Nous lui "
        "redemanderons ; vous n'avez rien à faire.",
    ),
    Reason.NO_CHILD_UNDER_SEVEN: Sentences(
        agent="Le dossier de la caisse ne compte aucun enfant de moins de 7 ans : la naissance y "
        "est-elle déclarée ? Ne pas redemander avant de l'avoir vérifié.",
        family="Le dossier de votre caisse ne mentionne pas d'enfant de moins de 7 ans. Un agent "
        "va voir avec vous si la naissance y est déclarée.",
    ),
    Reason.INPUT_REFUSED: Sentences(
        agent="Le guichet de l'État a refusé un champ de l'état civil : le corriger avec la "
        "famille.",
        family="Une information de votre état civil doit être corrigée. Un agent va vous "
        "contacter.",
    ),
    Reason.INCONSISTENT: Sentences(
        agent="La réponse reçue ne concerne pas cette famille : le demandeur n'y figure pas. Ne "
        "rien en montrer au demandeur.",
        family="La réponse reçue de votre caisse demande une vérification. Un agent s'en occupe.",
    ),
    Reason.CHILD_NOT_LISTED: Sentences(
        agent="L'enfant inscrit ne figure pas parmi les enfants connus de la caisse : naissance "
        "récente, garde partagée ou erreur de saisie.",
        family="L'enfant inscrit ne figure pas encore dans le dossier de votre caisse. Un agent "
        "va voir avec vous pourquoi.",
    ),
    Reason.PROVIDER_BUSY: Sentences(
        agent="Le service de l'État limite nos appels : nouvel essai automatique.",
        family="Le service de l'État est très demandé. Nous réessayons sans que vous ayez rien à "
        "faire.",
    ),
    Reason.PROVIDER_UNAVAILABLE: Sentences(
        agent="Le service de l'État ne répond pas correctement : essais automatiques, puis un "
        "agent à la date limite.",
        family="Le service de l'État est momentanément indisponible. Nous réessayons sans que "
        "vous ayez rien à faire.",
    ),
    Reason.ACCESS_FORBIDDEN: Sentences(
        agent="Le jeton de l'habilitation est refusé : prévenir l'exploitation, les appels sont "
        "suspendus.",
        family="Nous ne pouvons pas interroger votre caisse pour l'instant. Nous réessayons sans "
        "que vous ayez rien à faire.",
    ),
    Reason.ANSWER_UNREADABLE: Sentences(
        agent="La réponse de l'État n'a pas pu être interprétée : la signaler à l'exploitation.",
        family="La réponse reçue de votre caisse demande une vérification. Un agent s'en occupe.",
    ),
    Reason.PROVIDER_MISSING: Sentences(
        agent="Aucune source de données n'est installée pour le profil de ce dispositif : prévenir "
        "l'exploitation, puis relancer.",
        family="Nous ne pouvons pas encore obtenir vos données. Un agent s'en occupe ; vous "
        "n'avez rien à faire.",
    ),
    Reason.RESOURCES_UNKNOWN: Sentences(
        agent="La caisse n'a pas transmis les ressources ou le nombre d'enfants : les demander à "
        "la famille ou à la caisse.",
        family="Votre caisse ne nous a pas transmis vos ressources. Un agent va vous dire comment "
        "les justifier.",
    ),
    Reason.DOUBTFUL_YEAR: Sentences(
        agent="L'année des ressources n'est ni N-2 ni l'année en cours : à vérifier avant de "
        "fixer le tarif.",
        family="L'année de vos ressources demande une vérification. Un agent s'en occupe.",
    ),
    Reason.DISABILITY_EXCEEDS_CHILDREN: Sentences(
        agent="Le nombre d'enfants bénéficiaires de l'AEEH dépasse le nombre d'enfants à charge : "
        "à vérifier avec la caisse.",
        family="Le dossier de votre caisse demande une vérification. Un agent s'en occupe.",
    ),
    Reason.FIGURES_TO_CHECK: Sentences(
        agent="Les données certifiées se contredisent : à vérifier avec la caisse.",
        family="Le dossier de votre caisse demande une vérification. Un agent s'en occupe.",
    ),
    Reason.TARIFF_MISSING: Sentences(
        agent="Aucun barème n'est en vigueur à la date de l'accueil : publier le barème, puis "
        "relancer.",
        family="Le barème de votre période d'accueil n'est pas encore connu. Un agent s'en occupe.",
    ),
    Reason.IDENTITY_UNCHECKED: Sentences(
        agent="L'identité du demandeur est seulement déclarée : la contrôler avant de communiquer "
        "quoi que ce soit.",
        family="Un agent doit vérifier votre identité avant de vous communiquer votre tarif.",
    ),
    Reason.DISABILITY_COUNTED: Sentences(
        agent="Le calcul tient compte de l'AEEH, une donnée de santé : la loi demande la "
        "validation d'une personne.",
        family="Votre tarif est calculé ; un agent doit encore le valider.",
    ),
    Reason.AGENT_VALIDATES: Sentences(
        agent="Le dispositif prévoit la validation de chaque tarif par un agent.",
        family="Votre tarif est calculé ; un agent doit encore le valider.",
    ),
    Reason.DOCUMENTS_CHOSEN: Sentences(
        agent="La famille a choisi de remettre ses justificatifs : rien n'a été demandé à la "
        "caisse. Lire les pièces, puis saisir les ressources et les enfants à charge.",
        family="Vous avez choisi de remettre vos justificatifs. Un agent les examine et fixera "
        "votre tarif ; rien n'est demandé à votre caisse.",
    ),
    Reason.NEVER_FINISHED: Sentences(
        agent="Le traitement de ce dossier s'est interrompu plusieurs fois : l'exploitation doit "
        "l'examiner.",
        family="Votre dossier demande une vérification technique. Vous n'avez rien à faire.",
    ),
}
