"""The texts that a letter cites by their initials."""

from services.tariff.explanation.paper import Section, points, said
from services.tariff.explanation.paper import section as titled

_TEXTS = {
    "CJA": "code de justice administrative",
    "CRPA": "code des relations entre le public et l'administration",
    "RGPD": "règlement général sur la protection des données (UE 2016/679)",
    "Loi Informatique et libertés": "loi n° 78-17 du 6 janvier 1978",
}


def section() -> Section:
    """What the initials mean, and where the texts are read."""
    texts = [said("laws.text", f"{short} : {whole}.") for short, whole in _TEXTS.items()]
    where = said("laws.where", "Vous pouvez les lire sur https://www.legifrance.gouv.fr.")
    return titled("laws", "Les textes cités", points(*texts, where))
