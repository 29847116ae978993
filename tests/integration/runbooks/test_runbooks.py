"""Each runbook is followed once on the real stack: fault, symptom, commands, end."""

import os
import shutil
from collections.abc import Iterator

import pytest

from services.command.stack.account import unprivileged
from services.command.stack.home import Home
from tests.integration.runbooks.mapping import OUT_OF_REACH, QUICK, STORIES
from tests.integration.runbooks.page import Page
from tests.integration.runbooks.scene import Scene, scene
from tests.integration.runbooks.watch import Watch

pytestmark = [pytest.mark.stack, pytest.mark.redis_server]


@pytest.fixture(scope="module")
def running_scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    if shutil.which("prometheus") is None:
        reason = "needs Prometheus (Debian: apt-get install prometheus)"
        if os.environ.get("CI"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("runbooks")
    home = Home(folder / "home")
    with scene(home, folder) as found:
        yield found
    home.erase(unprivileged())


@pytest.fixture
def stage(running_scene: Scene) -> Iterator[Scene]:
    """The stack, on which nothing is wrong before or after."""
    running_scene.until_well()
    yield running_scene
    running_scene.mend()
    running_scene.bring_back_all()


@pytest.mark.parametrize(
    "name",
    [name if name in QUICK else pytest.param(name, marks=pytest.mark.prove) for name in STORIES],
)
def test_the_page_is_followed_to_its_end(name: str, stage: Scene) -> None:
    """What it quotes is said, its commands do what it says, its alerts fire; then all is well."""
    watch = Watch(Page(name), stage)

    STORIES[name](watch)

    stage.until_well()
    assert [*OUT_OF_REACH.get(name, {})] == watch.page.left()
