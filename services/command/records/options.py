"""The options of the commands on records, said once for `create` and `change`."""

from pathlib import Path
from typing import Annotated

import typer

from services.command.records.kinds import Format

Word = str | None
Words = list[str] | None

Code = Annotated[str, typer.Argument(help="Code : minuscules, chiffres et tirets.")]
AsJson = Annotated[bool, typer.Option("--json", help="Une ligne de JSON.")]
Source = Annotated[
    Path,
    typer.Argument(help="YAML, CSV, ou dossier de CSV ; « - » lit du YAML sur l'entrée standard."),
]
Form = Annotated[
    Format | None,
    typer.Option("--format", help="yaml ou csv ; sans lui, ce que dit le nom de --out, ou yaml."),
]
Out = Annotated[Path | None, typer.Option(help="Où écrire ; sans lui, sur la sortie standard.")]

Authority = Annotated[str, typer.Option(help="Code de la collectivité.")]
Name = Annotated[Word, typer.Option(help="Nom.")]
AuthorityKind = Annotated[Word, typer.Option(help="commune, epci, ccas ou departement.")]
Siret = Annotated[Word, typer.Option(help="SIRET, 14 chiffres.")]
CareType = Annotated[
    Words,
    typer.Option(help="collectif, familial_parental, micro_creche, periscolaire… ; répétable."),
]
Colour = Annotated[Word, typer.Option(help="Couleur de la console : #0a615c.")]
Recipient = Annotated[Word, typer.Option(help="SIRET de qui reçoit les données.")]
Provider = Annotated[Word, typer.Option(help="api_particulier, dgfip, ou le profil d'un paquet.")]
Endpoint = Annotated[Words, typer.Option(help="Données permises : eaje, qf, tax ; répétable.")]
DelegationId = Annotated[
    Word, typer.Option(help="Délégation reçue, pour le jeton d'un éditeur de logiciel.")
]
DossierFile = Annotated[
    Path | None,
    typer.Option(help="YAML de ce que demande DataPass ; « - » lit l'entrée standard."),
]
SignatoriesFile = Annotated[
    Path | None,
    typer.Option(help="YAML : qui signe les décisions, par quelle délégation ; remplace la liste."),
]
ContactFile = Annotated[
    Path | None,
    typer.Option(help="YAML : service, adresse, délégué à la protection des données, tribunal."),
]
DetailsFile = Annotated[
    Path | None, typer.Option(help="YAML : commune (code INSEE), adresse, semaines de fermeture.")
]
RulesFile = Annotated[
    Path | None,
    typer.Option(help="YAML : ouverture, âge, communes, ressources, sens du silence."),
]
TokenFile = Annotated[
    Path | None,
    typer.Option(help="Fichier qui contient le jeton ; « - » le lit sur l'entrée standard."),
]
TokenExpiresAt = Annotated[Word, typer.Option(help="Fin du jeton : AAAA-MM-JJ.")]
Pace = Annotated[Word, typer.Option(help="Appels par seconde ; API Particulier : 18.")]
Burst = Annotated[Word, typer.Option(help="Appels d'avance au repos ; API Particulier : 2.")]
Habilitation = Annotated[Word, typer.Option(help="Code de l'habilitation.")]
Profile = Annotated[
    Word, typer.Option(help="Source des données certifiées : eaje, qf, tax, ou un paquet.")
]
Tariff = Annotated[Word, typer.Option(help="Barème : psu, ou un autre, publié ou livré.")]
Validation = Annotated[Word, typer.Option(help="agent, ou automatic.")]
AutomaticGround = Annotated[
    Word, typer.Option(help="Motif écrit du DPO, que veut la validation automatique.")
]
Stage = Annotated[Words, typer.Option(help="admission ou estimate ; répétable.")]
RequestsPerMinute = Annotated[
    Word, typer.Option(help="Requêtes par minute ; une ligne de lot en vaut une.")
]
