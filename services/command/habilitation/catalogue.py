"""What may be asked of the State: each perimeter (scope), what Berceau does with it, and why.

Pure. The names are those of DataPass (etalab/data_pass, `config/authorization_definitions`,
`api_particulier.yml` and `dgfip.yml`, 2026); the reasons are what the code of Berceau does, and
nothing else. A perimeter that Berceau does not use is not here: there is no ground to ask for it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from services.command.records.dossier import Datum


@dataclass(frozen=True, slots=True)
class Scope:
    """One perimeter.

    Attributes:
        name: as DataPass and `/api/introspect` have it.
        label: what it holds, in French.
        why: what it is necessary for, in French, for whoever instructs the request.
        data: what the deliberation must name for it; nothing for what only tells people apart.
        needed: whether nothing can be decided without it.
    """

    name: str
    label: str
    why: str
    data: tuple[Datum, ...] = ()
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Service:
    """One endpoint of the State as DataPass presents it.

    Attributes:
        endpoint: its evidence profile.
        api: its name.
        form: the form of DataPass that is about it.
        use: what its data may be used for, and what it must not be used for.
        scopes: what Berceau reads of its answers.
        alternatives: perimeters of which one is enough.
    """

    endpoint: str
    api: str
    form: str
    use: str
    scopes: tuple[Scope, ...]
    alternatives: tuple[str, ...] = ()


_IDENTITIES = (
    "Vérifier que la réponse concerne bien la personne qui fait la demande : une réponse où elle "
    "ne figure pas n'est ni utilisée, ni montrée."
)
_CHILDREN = (
    "Vérifier que l'enfant inscrit figure au dossier de la caisse ; sinon un agent examine la "
    "demande avec la famille."
)
_FUND_ADDRESS = (
    "Conserver, avec les données certifiées du dossier, l'adresse connue de la caisse, pour "
    "l'instruction d'une condition de résidence. Elle n'entre pas dans le calcul du tarif."
)
EAJE = Service(
    endpoint="eaje",
    api="API Participation familiale EAJE (CNAF et MSA), par API Particulier",
    form="Tarification sociale des services municipaux à la petite enfance",
    use=(
        "Calcul de la participation familiale en crèche (prestation de service unique). L'État "
        "demande que ni le quotient familial ni les données fiscales ne servent à ce calcul : "
        "cette API en donne les paramètres. Elle ne sert pas à attribuer les places."
    ),
    scopes=(
        Scope(
            "cnav_participation_familiale_eaje_allocataires",
            "Identités des allocataires",
            _IDENTITIES,
        ),
        Scope(
            "cnav_participation_familiale_eaje_enfants",
            "Identités des enfants",
            _CHILDREN,
        ),
        Scope(
            "cnav_participation_familiale_eaje_adresse",
            "Adresse du foyer",
            _FUND_ADDRESS,
            (Datum.ADDRESS,),
            needed=False,
        ),
        Scope(
            "cnav_participation_familiale_eaje_parametres_calcul",
            "Paramètres de calcul : base annuelle de ressources, nombre d'enfants à charge, nombre "
            "d'enfants bénéficiaires de l'AEEH",
            "Appliquer le barème national : le taux d'effort dépend du nombre d'enfants à charge "
            "et de bénéficiaires de l'AEEH, et s'applique aux ressources. Sans l'une de ces trois "
            "données, aucun tarif n'est calculé. Le nombre d'enfants bénéficiaires de l'AEEH est "
            "une donnée de santé : lorsqu'il modifie le tarif, une personne valide la décision.",
            (Datum.RESOURCES, Datum.CHILDREN, Datum.DISABILITY),
        ),
    ),
)
QF = Service(
    endpoint="qf",
    api="API Quotient familial (CNAF et MSA), par API Particulier",
    form="Tarification sociale des services municipaux à l'enfance",
    use=(
        "Tarifs et aides que la collectivité a votés selon le quotient familial (garderie, "
        "périscolaire, restauration, aides). Jamais la participation familiale en crèche (PSU)."
    ),
    scopes=(
        Scope(
            "cnaf_quotient_familial",
            "Quotient familial du mois",
            "Trouver, dans le barème voté, la tranche du foyer.",
            (Datum.QUOTIENT,),
        ),
        Scope("cnaf_allocataires", "Identités de l'allocataire et de son conjoint", _IDENTITIES),
        Scope("cnaf_enfants", "Identités des enfants", _CHILDREN, needed=False),
        Scope("cnaf_adresse", "Adresse du foyer", _FUND_ADDRESS, (Datum.ADDRESS,), needed=False),
    ),
)
_DECLARANT = (
    "Vérifier que le numéro fiscal donné est bien celui de la personne qui fait la demande : sinon "
    "la réponse n'est ni utilisée, ni montrée."
)
_YEAR = "Lire la dernière situation imposée, et savoir de quelle année elle est."
TAX = Service(
    endpoint="tax",
    api="API Impôt particulier (DGFiP), hors FranceConnect",
    form="Dites-le nous une fois, place en crèche (bac à sable, puis production)",
    use=(
        "Barèmes locaux et conditions de ressources fondés sur le revenu fiscal de référence. "
        "Jamais la participation familiale en crèche (PSU), que l'État exclut de cet usage."
    ),
    alternatives=("dgfip_annee_n_moins_1", "dgfip_annee_n_moins_2_si_indispo_n_moins_1"),
    scopes=(
        Scope(
            "dgfip_annee_n_moins_1",
            "Dernière année de revenu (N-1)",
            _YEAR,
            needed=False,
        ),
        Scope(
            "dgfip_annee_n_moins_2_si_indispo_n_moins_1",
            "Avant-dernière année de revenu, si la dernière est indisponible",
            f"{_YEAR} Avant l'été, la dernière année n'est pas encore imposée.",
            needed=False,
        ),
        Scope("dgfip_nmNaiDec1", "Nom de naissance, déclarant 1", _DECLARANT),
        Scope("dgfip_nmUsaDec1", "Nom d'usage, déclarant 1", _DECLARANT, needed=False),
        Scope("dgfip_prnmDec1", "Prénoms, déclarant 1", _DECLARANT),
        Scope("dgfip_dateNaisDec1", "Date de naissance, déclarant 1", _DECLARANT),
        Scope("dgfip_nmNaiDec2", "Nom de naissance, déclarant 2", _DECLARANT),
        Scope("dgfip_nmUsaDec2", "Nom d'usage, déclarant 2", _DECLARANT, needed=False),
        Scope("dgfip_prnmDec2", "Prénoms, déclarant 2", _DECLARANT),
        Scope("dgfip_dateNaisDec2", "Date de naissance, déclarant 2", _DECLARANT),
        Scope(
            "dgfip_rfr",
            "Revenu fiscal de référence",
            "Situer le foyer dans le barème ou la condition de ressources que la collectivité a "
            "votés.",
            (Datum.REFERENCE_INCOME,),
        ),
        Scope(
            "dgfip_nbpart",
            "Nombre de parts",
            "Rapporter le revenu à la taille du foyer, quand le barème voté le prévoit.",
            (Datum.PARTS,),
            needed=False,
        ),
        Scope(
            "dgfip_sitfam",
            "Situation de famille",
            "Lire la composition du foyer fiscal (marié, pacsé, seul), quand le barème voté en "
            "dépend.",
            (Datum.FAMILY,),
            needed=False,
        ),
        Scope(
            "dgfip_pac_nbPac",
            "Nombre de personnes à charge",
            "Compter les enfants du foyer, quand le barème voté le prévoit.",
            (Datum.DEPENDANTS,),
            needed=False,
        ),
        Scope(
            "dgfip_mntRevbareme",
            "Impôt sur les revenus soumis au barème (ligne 14)",
            "Savoir si le foyer est imposable, quand une condition votée en dépend.",
            (Datum.TAX,),
            needed=False,
        ),
        Scope(
            "dgfip_aft",
            "Adresse déclarée au 1er janvier",
            "Conserver, avec les données certifiées du dossier, l'adresse fiscale, pour "
            "l'instruction d'une condition de résidence.",
            (Datum.ADDRESS,),
            needed=False,
        ),
    ),
)
SERVICES = {service.endpoint: service for service in (EAJE, QF, TAX)}


def services(endpoints: Iterable[str]) -> list[Service]:
    """The services of these endpoints; a package's is nobody's form."""
    return [SERVICES[name] for name in endpoints if name in SERVICES]


def known_scopes(endpoints: Iterable[str]) -> Iterator[Scope]:
    """Every perimeter that Berceau reads at these endpoints."""
    return (scope for service in services(endpoints) for scope in service.scopes)


def asked_scopes(endpoints: Iterable[str], names: Sequence[str]) -> list[Scope]:
    """Those of them that are asked for."""
    return [scope for scope in known_scopes(endpoints) if scope.name in names]
