"""The servers that other tests stand on."""

from typing import TYPE_CHECKING

import psycopg
import pytest
import redis

from services.command.stack.postgres import EmbeddedPostgres

if TYPE_CHECKING:
    from tests.conftest import Database

pytestmark = pytest.mark.stack


@pytest.fixture(params=["first", "second"])
def again(request: pytest.FixtureRequest) -> str:
    """Which of the two runs of a test this is."""
    return str(request.param)


@pytest.mark.usefixtures("again")
def test_each_test_has_an_empty_database(database: "Database") -> None:
    """A table made in one test is not there in the next."""
    with psycopg.connect(database.owner_url.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE only_here (id int)")
    with psycopg.connect(database.service_url.replace("+psycopg", "")) as connection:
        assert (database.name,) == connection.execute("SELECT current_database()").fetchone()


def test_databases_are_dropped(postgres: EmbeddedPostgres) -> None:
    """No test database is left behind by the tests before."""
    with psycopg.connect(postgres.superuser_url) as connection:
        left = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test%'")
        assert [] == left.fetchall()


@pytest.mark.usefixtures("again")
def test_each_test_has_an_empty_redis(redis_url: str) -> None:
    """A key set in one test is not there in the next."""
    with redis.Redis.from_url(redis_url) as client:
        assert 0 == client.dbsize()
        client.set("only", "here")
