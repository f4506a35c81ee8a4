"""Account links (v2): an address for one visit, and what the visitor may leave behind there."""

import secrets
from typing import Literal

from tools.stripe_simulator import accounts, events
from tools.stripe_simulator.errors import Refusal
from tools.stripe_simulator.objects import Account, Json, Link, Reason, Requirement
from tools.stripe_simulator.state import State

Left = Literal["finished", "without_document", "to_be_checked", "back"]
"""How a visitor leaves the form."""


def create(state: State, given: Json, *, at: int) -> Link:
    """Make an address for an account that lives a few minutes."""
    account, use_case = accounts.find(state, given["account"]), given["use_case"]
    if use_case["type"] not in use_case:
        field = f"use_case.{use_case['type']}"
        raise Refusal(f"Missing required param: {field}", code="parameter_missing", param=field)
    if account.closed:
        raise Refusal("The account is closed", code="account_closed", param="account")
    link = Link(
        token=secrets.token_urlsafe(24),
        account=account.id,
        created=at,
        expires_at=at + state.settings.link_lives,
        use_case=use_case,
    )
    state.books.links[link.token] = link
    return link


def open_once(link: Link, *, at: int) -> bool:
    """Return whether the address still opens its form; it does so once."""
    if link.opened or link.expires_at <= at:
        return False
    link.opened = True
    return True


def leave(state: State, link: Link, how: Left, *, country: str, bank_account: str, at: int) -> None:
    """Take over what was filled in, and tell that the visitor comes back."""
    account = state.books.accounts[link.account]
    link.done = True
    if how != "back":
        accounts.onboard(
            state,
            account,
            country=country,
            bank_account=bank_account,
            missing=_missing(account, how),
            at=at,
        )
    data = {
        "account_id": account.id,
        "configurations": ["recipient"],
        "use_case": link.use_case["type"],
    }
    events.thin(state, "v2.core.account_link.returned", account.id, at=at, data=data)


def _missing(account: Account, how: Left) -> list[Requirement]:
    reason: Reason = "routine_onboarding" if account.bank is None else "routine_verification"
    match how:
        case "without_document":
            return [Requirement(accounts.DOCUMENT, accounts.TRANSFERS, reason=reason)]
        case "to_be_checked":
            return [
                Requirement(accounts.DOCUMENT, accounts.TRANSFERS, awaiting="stripe", reason=reason)
            ]
    return []


def shape(link: Link, base_url: str) -> Json:
    """Return a link as the API shows it; only here does its address appear."""
    return {
        "object": "v2.core.account_link",
        "account": link.account,
        "created": events.iso(link.created),
        "expires_at": events.iso(link.expires_at),
        "livemode": False,
        "url": f"{base_url}/onboarding/{link.token}",
        "use_case": link.use_case,
    }
