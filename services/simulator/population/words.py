"""The invented and the usual: what names, streets and places are made of.

Surnames are put together from syllables, so that no real family is meant. Places of birth are real
COG codes (INSEE, Code officiel géographique), for the contract checks their form.
"""

from typing import NamedTuple


class Place(NamedTuple):
    """A commune or a country of birth: its COG code and its name."""

    code: str
    name: str


class Town(NamedTuple):
    """A town where families of the demo live."""

    commune: str
    postcode: str
    name: str


FRANCE = "99100"
_HEADS = (
    "Bel Bré Cam Çal Cor Dam Dor Fal Fon Gal Gué Hau Her Jau Jol Ker Lan Lor Mar Mé Mon Naï Nor Œu "
    "Orb Pal Per Quin Rab Roc Sal Sér Tal Tor Ur Val Ver Vil Yz Zel"
)
_MIDDLES = "ba be bi bo cha cho da dé di do fa fi ga go la li ma mi na no pa pi ra sé ta"
_APPLICANT_TAILS = (
    "card chet deau dier gnac gnon lard lec let lois lon met mont nard net neuf rand rieu tet "
    "tin vois vel vey zac zet"
)
_OTHER_PARENT_TAILS = (
    "bert chard clos dan dec dry fort gan gard jas jon lain lenc lin mel moz nay pont quet rez "
    "sac tan vert vran zier"
)
SURNAME_HEADS = tuple(_HEADS.split())
SURNAME_MIDDLES = tuple(_MIDDLES.split())
# Two lists with nothing in both: no applicant bears the surname of an other parent.
SURNAME_TAILS = (tuple(_APPLICANT_TAILS.split()), tuple(_OTHER_PARENT_TAILS.split()))
VOWEL_PARTICLES = ("D'", "D’", "O'")
PARTICLES = ("De ", "De La ", "Le ", "N'", "N’", "Saint-")
SECOND_SURNAMES = ("Lô", "Ünal", "Ba", "Dœuf", "Nguyên", "El Azri", "Ÿsaye")

_WOMEN = (
    "Zoé Aminata Rose Inès Maëlle Héloïse Anaïs Anne-Charlotte Aïssatou Chloé Fátima Léonore "
    "Marie-Ange Noémie Océane Pénélope Ségolène Yaël Sœurette Loïse Camille Jeanne Salomé Éléonore "
    "Françoise Gaïa Hélène Ilona Juliette Kenza Lætitia Mathilde Nour Ophélie Prune Sixtine Tess "
    "Victoire Louise Alix"
)
_MEN = (
    "Noé Mamadou Jean-Baptiste Théo Gaël Raphaël François Anselme Aurèle Côme Désiré Élie Firmin "
    "Géraud Hugo Ismaël Jérôme Karim Léandre Maël Nathanaël Octave Pierre-Louis Quentin Rémi "
    "Sébastien Timothée Ulysse Valère Yoann Zacharie Loïc Émile Gabriel Ayoub Benoît Clément "
    "Moïse Ruben Tristan"
)
WOMEN, MEN = tuple(_WOMEN.split()), tuple(_MEN.split())

BIRTH_COMMUNES = (
    Place("75113", "Paris"),
    Place("13055", "Marseille"),
    Place("69383", "Lyon"),
    Place("31555", "Toulouse"),
    Place("06088", "Nice"),
    Place("44109", "Nantes"),
    Place("34172", "Montpellier"),
    Place("67482", "Strasbourg"),
    Place("59350", "Lille"),
    Place("35238", "Rennes"),
    Place("13004", "Arles"),
    Place("2A004", "Ajaccio"),
    Place("29019", "Brest"),
    Place("97411", "Saint-Denis"),
)
BIRTH_COUNTRIES = (
    Place("99127", "Italie"),
    Place("99134", "Espagne"),
    Place("99139", "Portugal"),
    Place("99109", "Allemagne"),
    Place("99350", "Maroc"),
    Place("99352", "Algérie"),
    Place("99351", "Tunisie"),
    Place("99341", "Sénégal"),
    Place("99326", "Côte d’Ivoire"),
    Place("99404", "États-Unis"),
)
TOWNS = (
    Town("13004", "13200", "Arles"),
    Town("13108", "13150", "Tarascon"),
    Town("13097", "13310", "Saint-Martin-de-Crau"),
)
STREETS = (
    "rue des Tilleuls-Dorés",
    "rue de la Berceuse",
    "avenue du Héron-Bleu",
    "impasse de l’Ourson",
    "place des Trois-Hochets",
    "chemin du Moulin-Chuchotant",
    "quai des Œillets-Blancs",
    "allée Marguerite-Sansterre",
)
