"""What each reason says, in French: to the agent who settles, and to the family who waits."""

from dataclasses import dataclass

from shared.reasons import Reason


@dataclass(frozen=True, slots=True)
class Sentences:
    """What a reason says, in French: to the agent who settles, to the family who waits."""

    agent: str
    family: str


SENTENCES: dict[Reason, Sentences] = {
    Reason.NOT_IDENTIFIED: Sentences(
        agent="L'état civil transmis n'a permis d'identifier personne : vérifier le nom de "
        "naissance, les prénoms, la date et la commune de naissance.",
        family="Nous n'avons pas pu vous identifier auprès de la CAF, de la MSA ou des impôts. Un "
        "agent va vérifier votre état civil avec vous.",
    ),
    Reason.NO_FILE: Sentences(
        agent="La personne est identifiée, mais n'a pas de dossier utilisable au service interrogé "
        "(CAF, MSA ou impôts). Un droit nouveau peut mettre 30 jours à apparaître.",
        family="La CAF, la MSA ou les impôts ne nous ont pas encore transmis votre dossier. Nous "
        "le redemanderons ; vous n'avez rien à faire.",
    ),
    Reason.NO_CHILD_UNDER_SEVEN: Sentences(
        agent="Le dossier de la caisse ne compte aucun enfant de moins de 7 ans : la naissance y "
        "est-elle déclarée ? Ne pas redemander avant de l'avoir vérifié.",
        family="Le dossier de votre caisse ne mentionne pas d'enfant de moins de 7 ans. Un agent "
        "va voir avec vous si la naissance y est déclarée.",
    ),
    Reason.BIRTH_AWAITED: Sentences(
        agent="L'enfant n'est pas encore né : la caisse sera interrogée à partir de sa naissance.",
        family="Votre caisse sera interrogée après la naissance de votre enfant ; vous n'avez rien "
        "à faire d'ici là.",
    ),
    Reason.RESOURCES_AWAITED: Sentences(
        agent="La caisse donne encore les ressources de l'année précédente, qu'elle renouvelle en "
        "janvier : nouvel essai automatique.",
        family="Votre caisse met vos ressources à jour en ce mois de janvier. Nous lui "
        "redemanderons ; vous n'avez rien à faire.",
    ),
    Reason.QUOTIENT_AWAITED: Sentences(
        agent="La caisse calcule le quotient familial après le premier week-end du mois, celui de "
        "la nouvelle année en février : nouvel essai automatique ensuite.",
        family="Votre quotient familial n'est pas encore calculé. Nous le redemanderons à votre "
        "caisse ; vous n'avez rien à faire.",
    ),
    Reason.OTHER_REPRESENTATIVE_ASKED: Sentences(
        agent="Le demandeur n'a pas de dossier connu : l'autre représentant légal du même foyer "
        "est recherché.",
        family="Votre demande est enregistrée. Nous cherchons le dossier de votre foyer auprès de "
        "votre caisse.",
    ),
    Reason.INPUT_REFUSED: Sentences(
        agent="Le guichet de l'État a refusé un champ de l'état civil : le corriger avec la "
        "famille.",
        family="Une information de votre état civil doit être corrigée. Un agent va vous "
        "contacter.",
    ),
    Reason.TAX_NUMBER_NEEDED: Sentences(
        agent="Le numéro fiscal manque ou l'administration fiscale l'a refusé ; il n'est jamais "
        "gardé après sa réponse. Le redemander à la famille, qui retire sa demande et la dépose à "
        "nouveau.",
        family="Il nous faut votre numéro fiscal, en haut de votre avis d'impôt. Un agent va vous "
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
    Reason.HABILITATION_EXPIRED: Sentences(
        agent="Le jeton ou l'habilitation du dispositif a pris fin : rien n'a été demandé à "
        "l'État. Prévenir l'exploitation ; le dossier repart dès que c'est corrigé.",
        family="Nous ne pouvons pas obtenir vos données pour l'instant. Nous réessayons sans que "
        "vous ayez rien à faire.",
    ),
    Reason.OUTSIDE_HABILITATION: Sentences(
        agent="L'habilitation du dispositif ne couvre pas cette donnée ou ce destinataire : rien "
        "n'a été demandé à l'État. Prévenir l'exploitation ; le dossier repart dès que c'est "
        "corrigé.",
        family="Nous ne pouvons pas obtenir vos données pour l'instant. Nous réessayons sans que "
        "vous ayez rien à faire.",
    ),
    Reason.EVIDENCE_UNFIT: Sentences(
        agent="Les données certifiées reçues (ressources, quotient familial ou données fiscales) "
        "ne servent pas à ce barème : revoir le profil du dispositif, puis relancer.",
        family="Les données reçues demandent une vérification. Un agent s'en occupe.",
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
    Reason.OTHER_REPRESENTATIVE_FILE: Sentences(
        agent="Le tarif vient du dossier de l'autre représentant légal : s'assurer que les deux "
        "forment un seul foyer avant de valider.",
        family="Votre tarif est calculé ; un agent doit encore le valider.",
    ),
    Reason.AGENT_VALIDATES: Sentences(
        agent="Le dispositif prévoit la validation de chaque tarif par un agent.",
        family="Votre tarif est calculé ; un agent doit encore le valider.",
    ),
    Reason.AGE_OUTSIDE: Sentences(
        agent="L'âge de l'enfant le premier jour d'accueil n'est pas celui du dispositif : valider "
        "par exception, ou refuser.",
        family="L'âge de votre enfant à son entrée n'est pas celui que prévoit le dispositif. Un "
        "agent examine votre demande.",
    ),
    Reason.SCHEME_NOT_OPEN: Sentences(
        agent="Le dispositif n'est pas ouvert le jour demandé : valider par exception, ou refuser.",
        family="Le dispositif n'est pas ouvert à la date que vous demandez. Un agent examine votre "
        "demande.",
    ),
    Reason.RESIDENCE_OUTSIDE: Sentences(
        agent="La commune déclarée n'est pas de celles du dispositif : valider par exception, ou "
        "refuser.",
        family="Votre commune n'est pas de celles que prévoit le dispositif. Un agent examine "
        "votre demande.",
    ),
    Reason.RESIDENCE_TO_CHECK: Sentences(
        agent="La résidence n'est pas établie : l'adresse de la caisse est déclarative et celle "
        "des impôts date du 1er janvier. Demander un justificatif de domicile ou de travail.",
        family="Un agent doit vérifier votre lieu de résidence ou de travail. Préparez un "
        "justificatif ; il vous dira lequel.",
    ),
    Reason.INCOME_ABOVE: Sentences(
        agent="Les ressources certifiées dépassent le plafond du dispositif : vérifier avant de "
        "valider ou de refuser.",
        family="Votre tarif est calculé ; un agent doit encore le valider.",
    ),
    Reason.CONDITION_TO_CHECK: Sentences(
        agent="Une condition (de ressources, ou propre au barème) n'est pas établie par les "
        "données certifiées : demander un justificatif.",
        family="Votre tarif est calculé ; un agent doit encore le valider.",
    ),
    Reason.QUOTIENT_ZERO: Sentences(
        agent="Le quotient familial reçu est 0, qui peut vouloir dire « inconnu » : le vérifier "
        "avec la caisse.",
        family="Le dossier de votre caisse demande une vérification. Un agent s'en occupe.",
    ),
    Reason.QUOTIENT_OF_ANOTHER_MONTH: Sentences(
        agent="Le quotient familial reçu n'est pas du mois que prévoit le barème : le demander "
        "pour ce mois.",
        family="Le dossier de votre caisse demande une vérification. Un agent s'en occupe.",
    ),
    Reason.FIGURE_MISSING: Sentences(
        agent="Il manque une donnée dont le prix dépend (quotient, revenu, parts, enfants ou "
        "rang) : la demander à la famille.",
        family="Le dossier de votre caisse demande une vérification. Un agent s'en occupe.",
    ),
    Reason.PRICE_MISSING: Sentences(
        agent="Le barème n'a pas de prix pour cette situation : le fixer à la main, ou publier un "
        "barème complet puis relancer.",
        family="Le barème ne prévoit pas votre situation. Un agent va fixer votre tarif.",
    ),
    Reason.AUTHOR_MISSING: Sentences(
        agent="La collectivité n'a aucun signataire en vigueur, et une décision nomme son auteur : "
        "en enregistrer un, puis valider.",
        family="Votre tarif est calculé ; un agent doit encore le valider.",
    ),
    Reason.NOTHING_CHANGED: Sentences(
        agent="La révision donne le même tarif : la décision en vigueur reste, et rien n'est à "
        "faire.",
        family="Votre situation a été revue : votre tarif ne change pas.",
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
