"""What the closed words of a decision say to an agent, in French."""

from shared.decisions import Change, DecisionKind, Verdict

KINDS: dict[DecisionKind, str] = {
    DecisionKind.FEE: "tarif fixé",
    DecisionKind.PROVISIONAL: "tarif provisoire fixé",
    DecisionKind.NO_FEE: "aucun tarif n'est fixé",
    DecisionKind.AWARDED: "aide accordée",
    DecisionKind.NOT_AWARDED: "aide refusée",
}
VERDICTS: dict[Verdict, str] = {
    Verdict.YES: "oui",
    Verdict.NO: "non",
    Verdict.UNKNOWN: "à vérifier",
}
CHANGES: dict[Change, str] = {
    Change.RESOURCES: "ressources",
    Change.CHILDREN: "enfants à charge",
    Change.DISABILITY: "AEEH",
    Change.TARIFF: "barème",
    Change.HOURS: "heures",
    Change.RESIDENCE: "résidence",
    Change.QUOTIENT: "quotient familial",
    Change.RANK: "rang de l'enfant",
    Change.CORRECTION: "barème corrigé",
}
