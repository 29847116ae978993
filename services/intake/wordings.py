"""Wordings: what each problem of the closed set (`services.intake.kinds`) says, in French."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from services.intake.kinds import Kind as Kind  # noqa: PLC0414 - one vocabulary


@dataclass(frozen=True, slots=True)
class Wording:
    """The status of a kind of problem, its title, and what to do about it."""

    status: int
    title: str
    detail: str


WORDINGS: Mapping[Kind, Wording] = MappingProxyType(
    {
        Kind.MALFORMED_JSON: Wording(
            400,
            "Corps illisible",
            "Le corps de la requête n'est pas un objet JSON en UTF-8 : corrigez-le, puis renvoyez "
            "la demande.",
        ),
        Kind.MALFORMED_IDEMPOTENCY_KEY: Wording(
            400,
            "Clé d'idempotence illisible",
            "L'en-tête Idempotency-Key a de 1 à 255 caractères ASCII visibles, sans espace, et "
            "n'est donné qu'une fois.",
        ),
        Kind.MALFORMED_CURSOR: Wording(
            400,
            "Place illisible dans le fil",
            "« after » est ce qu'une lecture du fil a rendu, ou n'est pas donné ; « limit » est un "
            "nombre de 1 à 500.",
        ),
        Kind.UNKNOWN_KEY: Wording(
            401,
            "Clé de portail refusée",
            "Donnez une clé de portail en vigueur : « Authorization: Bearer berceau_… ».",
        ),
        Kind.SCOPE_MISSING: Wording(
            403,
            "Clé sans ce droit",
            "Cette clé est en vigueur, mais n'ouvre pas cette action : demandez à la collectivité "
            "une clé qui porte le droit « scope ».",
        ),
        Kind.NOT_FOUND: Wording(
            404, "Adresse inconnue", "Rien ne se trouve à cette adresse : voyez /openapi.json."
        ),
        Kind.UNKNOWN_APPLICATION: Wording(
            404,
            "Dossier inconnu",
            "Ce portail n'a pas de dossier sous cette référence : vérifiez-la.",
        ),
        Kind.NO_DECISION_YET: Wording(
            404,
            "Pas encore de décision",
            "Aucune décision tarifaire n'est encore prise pour ce dossier.",
        ),
        Kind.NO_ESTIMATE: Wording(
            404,
            "Pas d'estimation",
            "Ce dossier n'a pas commencé par une préinscription : il n'a pas d'estimation.",
        ),
        Kind.NO_LETTER: Wording(
            404,
            "Pas de lettre",
            "Cette décision date d'avant les lettres : lisez son montant sous /decision.",
        ),
        Kind.UNKNOWN_VERSION: Wording(
            404, "Version inconnue", "Ce dossier n'a pas cette version : retirez « version »."
        ),
        Kind.UNKNOWN_AUTHORITY: Wording(
            404, "Collectivité inconnue", "Aucune collectivité n'a ce code ici : vérifiez-le."
        ),
        Kind.NOT_ACCEPTABLE: Wording(
            406,
            "Format inconnu",
            "L'en-tête Accept ne demande aucun format de cette adresse : voyez « accepted ».",
        ),
        Kind.NOT_ONE_HOUSEHOLD: Wording(
            422,
            "Plusieurs foyers",
            "Une lettre réunit les décisions d'un seul demandeur : demandez-en une par foyer.",
        ),
        Kind.METHOD_NOT_ALLOWED: Wording(
            405,
            "Méthode refusée",
            "Cette adresse n'accepte pas cette méthode : l'en-tête Allow donne celles qu'elle "
            "accepte.",
        ),
        Kind.NO_WEBHOOK: Wording(
            409,
            "Pas de webhook en service",
            "Ce portail n'a pas de webhook, ou le sien est arrêté : la collectivité le règle par "
            "« berceau portal webhook set ».",
        ),
        Kind.BODY_TOO_SLOW: Wording(
            408,
            "Corps trop lent",
            "Le corps de la requête a mis trop longtemps à arriver : renvoyez la demande.",
        ),
        Kind.ALREADY_ADMITTED: Wording(
            409,
            "Dossier déjà admis",
            "Ce dossier est déjà admis, avec d'autres éléments : pour les changer, adressez-vous à "
            "la collectivité.",
        ),
        Kind.ALREADY_WITHDRAWN: Wording(
            409,
            "Dossier retiré",
            "La famille a retiré cette préinscription : faites une nouvelle demande.",
        ),
        Kind.SAME_APPLICATION: Wording(
            409,
            "Demande déjà déposée",
            "Un autre dossier porte déjà la même demande, pour le même enfant et les mêmes dates : "
            "suivez celui-là, et retirez cette préinscription.",
        ),
        Kind.ALREADY_CLOSED: Wording(
            409,
            "Dossier clos",
            "Un agent a clos ce dossier : il ne peut plus être retiré. Adressez-vous à la "
            "collectivité.",
        ),
        Kind.ERASED: Wording(
            410, "Données effacées", "Les données de ce dossier ont été effacées à leur échéance."
        ),
        Kind.BODY_TOO_LARGE: Wording(
            413,
            "Corps trop long",
            "Le corps de la requête dépasse la longueur admise : une demande n'a pas de pièce "
            "jointe.",
        ),
        Kind.UNSUPPORTED_MEDIA_TYPE: Wording(
            415,
            "Type de corps refusé",
            "Envoyez du JSON en UTF-8, sans compression : « Content-Type: application/json ».",
        ),
        Kind.INVALID_APPLICATION: Wording(
            422,
            "Demande à corriger",
            "Corrigez les champs que désigne « errors », puis renvoyez la demande.",
        ),
        Kind.FRANCECONNECT_TOKEN_REFUSED: Wording(
            422,
            "Jeton FranceConnect refusé",
            "Ce jeton n'ouvre rien : il vit une minute. Rien n'est perdu, la demande peut être "
            "déposée sans « evidence ».",
        ),
        Kind.NO_EVIDENCE: Wording(
            422,
            "Pas de données certifiées",
            "L'État a répondu, mais sans données qui puissent servir : déposez la demande sans "
            "« evidence ».",
        ),
        Kind.INVALID_QUERY: Wording(
            422,
            "Paramètres à corriger",
            "Corrigez les paramètres d'adresse que désigne « errors », puis renvoyez la requête.",
        ),
        Kind.IDEMPOTENCY_KEY_REUSED: Wording(
            422,
            "Clé d'idempotence déjà employée",
            "Cette clé d'idempotence a servi à une autre demande : prenez-en une nouvelle.",
        ),
        Kind.TOO_MANY_REQUESTS: Wording(
            429,
            "Trop de demandes pour ce portail",
            "Ce portail dépasse sa limite par minute : renvoyez la demande après le délai de "
            "Retry-After. Les en-têtes RateLimit-* disent ce qui reste.",
        ),
        Kind.INTERNAL_ERROR: Wording(
            500,
            "Erreur interne",
            "Une erreur est survenue de notre côté : donnez « correlation » à l'exploitation.",
        ),
        Kind.STATE_UNAVAILABLE: Wording(
            502,
            "Service de l'État indisponible",
            "FranceConnect ou la caisse ne répond pas comme il faut : déposez la demande sans "
            "« evidence », les données seront demandées plus tard.",
        ),
        Kind.STATE_BUSY: Wording(
            503,
            "Service de l'État très demandé",
            "Aucun appel n'est possible avant le délai de Retry-After : si le jeton n'y suffit "
            "pas, déposez la demande sans « evidence », les données seront demandées plus tard.",
        ),
        Kind.UNAVAILABLE: Wording(
            503,
            "Service momentanément indisponible",
            "La demande n'a pas pu être traitée : renvoyez-la après le délai de Retry-After. Elle "
            "ne sera jamais comptée deux fois.",
        ),
        Kind.OVERLOADED: Wording(
            503,
            "Trop de demandes à la fois",
            "Le service reçoit trop de demandes : renvoyez celle-ci après le délai de Retry-After.",
        ),
        Kind.BACKLOG_TOO_LONG: Wording(
            503,
            "Trop de dossiers en attente",
            "Trop de dossiers attendent déjà pour qu'un délai soit promis : renvoyez cette demande "
            "après le délai de Retry-After. Celles qui sont reçues le restent.",
        ),
        Kind.NOT_READY: Wording(
            503,
            "Service pas encore prêt",
            "La base de données ne répond pas, ou n'est pas à la version attendue.",
        ),
    }
)
