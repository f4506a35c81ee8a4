"""Settings: what is not set has a default that fits what is set."""

from pathlib import Path

from reintegration import settings


def test_a_given_database_never_migrates_the_embedded_one(open_folder: Path):
    given = {"DATABASE_URL": "postgresql://app@db/punte", "PUNTE_INSTANCE": str(open_folder)}
    read = settings.from_environment(given)
    assert read.database_owner_url == "postgresql+psycopg://app@db/punte"


def test_with_nothing_set_both_addresses_are_the_embedded_database(open_folder: Path):
    read = settings.from_environment({"PUNTE_INSTANCE": str(open_folder)})
    assert "punte_app" in read.database_url
    assert "punte_owner" in read.database_owner_url
