"""When nothing is loaded: in production, after half of it, and where it was emptied."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from demo import load as loading
from reintegration.accounts.models import Organisation, User
from reintegration.settings import Mode

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture
def in_production(app):
    demo_settings = app.extensions["settings"]
    app.extensions["settings"] = replace(demo_settings, mode=Mode.PRODUCTION)
    yield app
    app.extensions["settings"] = demo_settings


@pytest.mark.parametrize(
    "command",
    [("load",), ("load", "--if-empty"), ("reset",), ("vouchers", "--count", "1", "--json")],
)
def test_production_refuses_every_command(in_production, session, cast, command):
    result = in_production.test_cli_runner().invoke(args=["demo", *command])
    assert result.exit_code == 1
    assert "refused in production" in result.output
    assert session.get(User, cast.ana.id) is not None


def test_half_a_demo_leaves_nothing(app, session, monkeypatch):
    def break_off(_world):
        raise RuntimeError("the power went")

    monkeypatch.setattr(loading, "make_providers", break_off)
    settings = app.extensions["settings"]
    result = app.test_cli_runner().invoke(args=["demo", "load"])
    assert isinstance(result.exception, RuntimeError)
    assert "Opening offices" in result.output
    assert session.scalar(select(Organisation.id).limit(1)) is None
    assert not (settings.instance / "demo-logins.tsv").exists()


def test_a_reset_empties_every_table_first(app, session, cast, monkeypatch):
    loaded, before = [], cast.ana.id

    def remember(opened, _settings, *, scale):
        assert loading.is_empty(opened)
        loaded.append(scale)
        opened.commit()

    monkeypatch.setattr(loading, "load", remember)
    session.rollback()
    result = app.test_cli_runner().invoke(args=["demo", "reset", "--scale", "0.5"])
    assert result.exit_code == 0, result.output
    assert loaded == [0.5]
    assert session.scalar(select(User.id).where(User.id == before)) is None


def test_vouchers_need_the_demo(app, session):
    result = app.test_cli_runner().invoke(args=["demo", "vouchers", "--count", "1", "--json"])
    assert result.exit_code == 1
    assert "demo load" in result.output
