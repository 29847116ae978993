"""What comes of the State: it is down, it refuses a token, a token ends, somebody paused."""

import json
import re
from datetime import UTC, datetime, timedelta

from services.command.home_secrets import kept_in
from tests.integration.runbooks.scene import AUTHORITY, HABILITATION, Scene
from tests.integration.runbooks.watch import Watch

_LATER = timedelta(days=400)
_REASON = "SELECT count(*) FROM applications WHERE reference = ANY(:of) AND reason = :reason"


def _day(left: timedelta) -> str:
    return (datetime.now(UTC) + left).date().isoformat()


def _give_a_token(watch: Watch, token: str, ends: timedelta, *, nth: int = 0) -> None:
    """The page's two commands, with a file that we alone can read."""
    file = watch.scene.shell.file("jeton", token)
    watch.filled({"<fichier>": str(file), "<date>": _day(ends), "<habilitation>": HABILITATION})
    watch.runs("berceau habilitation change", nth=nth)
    watch.runs("shred", nth=nth)
    assert not file.exists()


def _token_of(scene: Scene) -> str:
    return kept_in(scene.stack.home)["token"]


def a_provider_that_is_down(watch: Watch) -> None:
    """fournisseur-en-panne: a State that asks for patience, then one that answers nothing."""
    scene = watch.scene
    watch.filled({"<collectivité>": AUTHORITY})
    scene.throw(rules=["status=429"])
    busy = scene.families.hand_in(5)
    watch.reads("service de l'État très demandé")
    scene.mend()
    scene.throw(down=True)
    waiting = [*busy, *scene.families.hand_in(40)]
    told = watch.reads("service de l'État indisponible")
    assert "Reçu, à vérifier" in told
    watch.page.prints("Le service … de l'État est en panne")
    shown = watch.runs_until("berceau status", "Le service « … » de l'État est en panne")
    assert "Vérification" in shown
    watch.fires("BerceauEndpointStopped", "BerceauCallsFail")
    assert "de l'État est en panne" in watch.runs("berceau doctor")
    _pauses_by_the_page(watch)
    scene.mend()
    scene.until_well(waiting)
    watch.ceases("BerceauEndpointStopped")


def _pauses_by_the_page(watch: Watch) -> None:
    """Each pause of the page is seen in `berceau status`, and then lifted by its own command."""
    for what, said in {
        "endpoint:eaje": "Le service « eaje » de l'État est suspendu",
        "queue:verify.bulk": "La file « verify.bulk » est suspendue",
        "authority:": "La collectivité « ",
    }.items():
        watch.runs(f"berceau pause {what}")
        assert said in _wrong(watch)
        watch.runs(f"berceau resume {what}")
        assert said not in _wrong(watch)


def _wrong(watch: Watch) -> str:
    return json.dumps(watch.scene.alerts(), ensure_ascii=False)


def a_token_that_is_refused(watch: Watch) -> None:
    """jeton-refuse: a token that the State does not know, then a right that it withdrew."""
    scene, before = watch.scene, watch.scene.logged("token.refused")
    token = scene.shell.file("faux", "0" * 43)
    change = f"berceau habilitation change {HABILITATION} --token-file {token}"
    scene.shell.run(f"{change} --token-expires-at {_day(_LATER)}")
    waiting = _until_refused(watch)
    watch.sees("est refusé par l'État")
    watch.reads("accès refusé à l'habilitation")
    assert scene.logged("token.refused") > before
    watch.fires("BerceauTokenRefused")
    assert "refusé par l'État" in watch.runs("berceau doctor", ends=1)
    _give_a_token(watch, _token_of(scene), _LATER)
    scene.until_well(waiting)
    watch.ceases("BerceauTokenRefused")

    scene.throw(rules=["status=403"])
    waiting = scene.families.hand_in(10)
    watch.sees("est refusé par l'État")
    scene.mend()
    watch.runs("berceau resume")
    watch.runs_until("berceau status", "Rien à signaler")
    scene.until_well(waiting)


def _until_refused(watch: Watch) -> list[str]:
    """Families come, one after another, until a verifier has read the token and met the refusal."""
    handed: list[str] = []

    def one_more() -> bool:
        handed.extend(watch.scene.families.hand_in(2))
        return "est refusé par l'État" in _wrong(watch)

    watch.scene.until(one_more)
    return handed


def a_token_that_ends_soon(watch: Watch) -> None:
    """jeton-bientot-expire: the town's token has five days left."""
    scene = watch.scene
    token = scene.shell.file("court", _token_of(scene))
    change = f"berceau habilitation change {HABILITATION} --token-file {token}"
    scene.shell.run(f"{change} --token-expires-at {_day(timedelta(days=5))}")
    watch.fires("BerceauTokenEndsSoon")
    named = watch.runs("berceau habilitation check", ends=1)
    assert HABILITATION in named, named
    assert _day(timedelta(days=5))[:4] in named, named
    doctor = watch.runs("berceau doctor")
    assert f"Jeton de l'habilitation « {HABILITATION} » : expire dans" in doctor, doctor
    _give_a_token(watch, _token_of(scene), _LATER)
    watch.ceases("BerceauTokenEndsSoon", within_s=30)
    scene.until_well(scene.families.hand_in(3))


def a_pause_that_was_forgotten(watch: Watch) -> None:
    """suspension-oubliee: a queue and the ringing were paused without an end."""
    scene = watch.scene
    for what in ("queue:verify.bulk", "ringing", "provider:api-particulier"):
        scene.shell.run(f"berceau pause {what} --reason 'essai oublié'")
    waiting = scene.families.hand_in(5)
    told = watch.sees("est suspendue")
    assert "sans date de fin" in told
    assert "essai oublié" in told
    watch.fires("BerceauPauseForgotten")
    told = watch.runs("berceau status")
    for genre in ("ringing", "queue", "provider"):
        watch.page.prints(f"`{genre}`")
        assert genre in told
    assert re.search(r"queue:verify.bulk, sans date de fin, par command:\w+ : essai oublié", told)
    told = watch.runs("berceau provider status")
    assert "Service « eaje » (api-particulier) : suspendu par une personne" in told, told
    watch.runs("berceau resume queue:verify.bulk")
    watch.runs("berceau resume ringing")
    scene.shell.run("berceau resume provider:api-particulier")
    watch.ceases("BerceauPauseForgotten")
    scene.until_well(waiting)
