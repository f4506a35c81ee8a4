"""What a person does in a browser: signing in, and opening a name for once."""

import html
import re
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from reintegration.accounts.models import User
from reintegration.accounts.services.sign_in import start_session
from reintegration.kernel import clock
from tests.factories.system import as_system

Login = tuple[str, str, str, str]
"""Role, e-mail, password and the secret of an app, if there is one."""


def logins(path: Path) -> list[Login]:
    """Read the file of sign-ins that a demo leaves."""
    lines = path.read_text(encoding="utf-8").splitlines()
    found = (line.split("\t") for line in lines)
    return [(role, email, password, secret) for role, email, password, secret in found]


def login_of(known: list[Login], role: str) -> tuple[str, str, str]:
    """Return e-mail, password and secret of the first person with that role."""
    return next(found[1:] for found in known if found[0] == role)


def sign_in(app: Flask, email: str, password: str, secret: str = "") -> FlaskClient:
    """Return a browser in which a person signed in with the password, and a code if one is asked."""
    client = app.test_client()
    answer = client.post("/account/sign-in", data={"email": email, "password": password})
    assert answer.status_code == 302, answer.text
    if secret and "second-factor" in answer.location:
        told = app.test_cli_runner().invoke(args=["demo", "code", email])
        answer = client.post("/account/second-factor", data={"code": told.output.strip()})
        assert answer.status_code == 302, answer.text
    return client


def browser_of(app: Flask, email: str) -> FlaskClient:
    """Return a browser in which a person is signed in whose password nobody wrote down."""
    with as_system(app) as session:
        user = session.scalars(select(User).where(User.email == email)).one()
        lifetime = timedelta(hours=8)
        token = start_session(session, user, device="test", lifetime=lifetime, now=clock.now())
        session.commit()
    client = app.test_client()
    client.set_cookie("punte-session", token)
    return client


def identity(client: FlaskClient, case_id: str) -> list[str]:
    """Return the facts that the page of a sealed name shows to whoever says why."""
    reason = {"reason": "a letter to the school"}
    page = client.post(f"/cases/{case_id}/identity", data=reason)
    assert page.status_code == 200, page.text
    facts = re.findall(r"<dd[^>]*>(.*?)</dd>", page.text, re.DOTALL)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", "", fact)).split()) for fact in facts]
