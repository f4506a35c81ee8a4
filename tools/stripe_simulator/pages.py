"""Pages for people: the onboarding form of an account link, and the page of switches."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from tools.stripe_simulator import accounts, links, overview, people
from tools.stripe_simulator.errors import Refusal
from tools.stripe_simulator.objects import Link
from tools.stripe_simulator.state import State

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
)
_ONBOARDING = re.compile(r"/onboarding/([\w-]+)")
_BANK_ACCOUNT = re.compile(r"[A-Z0-9]{4,34}")
_LOCAL = ("127.0.0.1", "localhost")


def respond(state: State, request: Request) -> Response:
    """Answer a browser of this machine."""
    if not _is_from_here(request):
        return Response("This simulator answers pages of its own only.", 403)
    onboarding = _ONBOARDING.fullmatch(request.path)
    if onboarding is not None:
        return _onboarding(state, request, onboarding[1])
    if request.path == "/" and request.method == "GET":
        return _page("switches.html", overview.shown(state))
    act = people.act_at(request.path) if request.method == "POST" else None
    return Response("Not found", 404) if act is None else _acted(state, request, act)


def _is_from_here(request: Request) -> bool:
    """Return whether no page from elsewhere leads the browser's hand."""
    came_from = request.headers.get("Origin")
    host = request.host.rsplit(":", 1)[0]
    same = came_from is None or urlsplit(came_from).netloc == request.host
    return host in _LOCAL and (same or request.method == "GET")


def _page(template: str, shown: dict[str, Any], status: int = 200) -> Response:
    text = _TEMPLATES.get_template(template).render({"wrong": ""} | shown)
    return Response(text, status, mimetype="text/html", headers={"Cache-Control": "no-store"})


def _acted(state: State, request: Request, act: Callable[..., None]) -> Response:
    try:
        act(state, request.form)
    except Refusal as refusal:
        return _page("switches.html", overview.shown(state) | {"wrong": str(refusal)}, 400)
    return redirect("/", 303)


def _onboarding(state: State, request: Request, token: str) -> Response:
    with state.changing() as books:
        link = books.links.get(token)
        if link is None:
            return Response("There is no such link.", 404)
        if request.method == "POST":
            return _left(state, link, request)
        if not links.open_once(link, at=state.now()):
            return redirect(link.options["refresh_url"], 303)
        account = books.accounts[link.account]
        return _form(state, link, account.country or "RO", "")


def _form(state: State, link: Link, country: str, bank_account: str, wrong: str = "") -> Response:
    shown = {
        "account": state.books.accounts[link.account],
        "countries": sorted(accounts.COUNTRIES),
        "country": country,
        "bank_account": bank_account,
        "wrong": wrong,
    }
    return _page("onboarding.html", shown, 400 if wrong else 200)


def _left(state: State, link: Link, request: Request) -> Response:
    """Send the visitor back where the link says."""
    how: Any = request.form.get("how")
    if link.done or how not in get_args(links.Left):
        link.done = True
        return redirect(link.options["refresh_url"], 303)
    country = request.form.get("country", "")
    bank_account = re.sub(r"\s", "", request.form.get("bank_account", "")).upper()
    if how != "back" and not _BANK_ACCOUNT.fullmatch(bank_account):
        return _form(state, link, country, bank_account, "Give the IBAN or number of the account.")
    if how != "back" and country not in accounts.COUNTRIES:
        return _form(state, link, country, bank_account, "Choose a country from the list.")
    links.leave(state, link, how, country=country, bank_account=bank_account, at=state.now())
    address = link.options.get("return_url")
    return redirect(address, 303) if address else _page("left.html", {})
