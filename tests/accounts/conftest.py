"""Production on two hosts, for tests of who comes in where."""

import pytest

from reintegration import settings
from reintegration.app import create_app
from reintegration.kernel import tries
from reintegration.kernel.db import db
from reintegration.kernel.db import session as current
from tests.accounts.hosts import SERVICE, STAFF


@pytest.fixture
def two_hosts(committed_db, cast, session):
    session.commit()
    environment = {
        **committed_db.environment(),
        "PUNTE_MODE": "production",
        "PUNTE_BASE_URL": STAFF,
        "PUNTE_SERVICE_URL": SERVICE,
        "PUNTE_PUBLIC_NAME": "Birou",
        "PUNTE_SENDER": "Servicii",
        "PUNTE_EXIT_URL": "https://www.meteo.md/",
        "SMTP_URL": "smtp://localhost:25",
        "PUNTE_MAIL_FROM": "office@example.org",
    }
    app = create_app(settings.from_environment(environment))
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    with app.app_context():
        tries.companion(current()).dispose()
        db.session.remove()
        db.engine.dispose()
