"""Where sites are moves into a table of its own, and back, without losing a word."""

import pytest

from reintegration import settings as configuration
from reintegration.app import create_app
from tests.database import Database
from tests.release import figures

PLACES = {"Casa": ("MD-SO", "Soroca", "str. Castanilor 4", True), "Sediu": ("MD-UN", "", "", False)}
ORGANISATION = (
    "INSERT INTO organisation (id, name, kind, active, created_at)"
    " VALUES (gen_random_uuid(), 'Speranța', 'provider', true, now()) RETURNING id"
)
PROVIDER = (
    "INSERT INTO provider (id, legal_name, identifier, jurisdiction, description, email, phone,"
    " created_at, updated_at)"
    " VALUES (%s, 'Speranța', '1', 'right_bank', '', '', '', now(), now())"
)
SITE = (
    "INSERT INTO site (id, provider_id, name, territorial_unit, locality, address, confidential,"
    " access_features) VALUES (gen_random_uuid(), %s, %s, %s, %s, %s, %s, '{}')"
)
TOGETHER = "SELECT name, territorial_unit, locality, address, confidential FROM site"
APART = TOGETHER + " JOIN site_place ON site_id = id"


@pytest.fixture
def moved(postgres, worker_id):
    """A database, and what brings it to a migration."""
    database = postgres.clone(f"places_{worker_id}")
    app = create_app(configuration.from_environment(database.environment()))

    def to(direction: str, revision: str) -> None:
        done = app.test_cli_runner().invoke(args=["db", direction, revision])
        assert done.exit_code == 0, done.output

    yield database, to
    postgres.drop(database.name)


def read(database: Database, query: str) -> dict[str, tuple]:
    with figures.connect(database.owner_url) as connection:
        return {name: tuple(place) for name, *place in connection.execute(query)}


def test_every_place_is_kept_on_the_way_up_and_on_the_way_down(moved):
    database, to = moved
    to("downgrade", "0019")
    with figures.connect(database.owner_url) as connection:
        (provider,) = connection.execute(ORGANISATION).fetchone()
        connection.execute(PROVIDER, [provider])
        for name, place in PLACES.items():
            connection.execute(SITE, [provider, name, *place])
    to("upgrade", "0020")
    assert read(database, APART) == PLACES
    to("downgrade", "0019")
    assert read(database, TOGETHER) == PLACES
    to("upgrade", "0020")
    assert read(database, APART) == PLACES
