"""The one door to Stripe: every call that the rail makes, with plain values on our side of it.

Facts about Stripe's interface are those of its own documentation (docs.stripe.com: Connect,
Accounts v2, idempotent requests, error handling, webhooks). One version of it is pinned.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import stripe
from flask import current_app
from stripe import StripeClient, StripeError
from stripe.v2.core import Account as StripeAccount

from reintegration.kernel.clock import local_day
from reintegration.kernel.money import Money
from reintegration.kernel.outbox import OutcomeUnknown, Refused, TryLater
from reintegration.settings import Settings
from vouchers.stripe_rail.objects import (
    Account,
    BalanceLine,
    Due,
    Notice,
    Payout,
    Reversal,
    Transfer,
)
from vouchers.stripe_rail.states import PayoutState, TransfersState

API_VERSION = "2026-10-28.endive"
"""The version that the pinned package speaks; a test compares them."""
STRIPE_API_BASE = "https://api.stripe.com"
SIGNED_AT_MOST_AGO = timedelta(minutes=5)
"""How old a signature may be. The package refuses only old ones, not a clock that is ahead."""

_CONNECT, _ANSWER = 5.0, 20.0
"""Seconds until a call is given up. What came of it is then unknown."""
_REPEATS = 2
"""Inside one call and under one key: for a lost connection, a 409 and a 5xx."""
_PAGE = 100
_INCLUDE: list[Any] = ["configuration.recipient", "identity", "requirements"]
_LEAST, _A_MOMENT, _AN_HOUR = timedelta(seconds=10), timedelta(minutes=1), timedelta(hours=1)

_TRANSFERS: dict[str, TransfersState] = {
    "active": TransfersState.ACTIVE,
    "pending": TransfersState.PENDING,
    "restricted": TransfersState.RESTRICTED,
    "rejected": TransfersState.REJECTED,
    "unsupported": TransfersState.UNSUPPORTED,
}
_PAYOUTS: dict[str, PayoutState] = {
    "pending": PayoutState.PENDING,
    "in_transit": PayoutState.IN_TRANSIT,
    "paid": PayoutState.PAID,
    "failed": PayoutState.FAILED,
    "canceled": PayoutState.CANCELLED,
}


class BadSignature(Exception):
    """The message is not from Stripe, or was changed, or is too old."""


class Unreadable(Exception):
    """The message is signed, and is no message that the rail knows the shape of."""


class Gateway:
    """Stripe, as one account of ours speaks with it.

    Each call raises Refused for a definite no, with Stripe's code; TryLater when Stripe took
    nothing and asked for time; OutcomeUnknown when nobody can tell what came of it.
    """

    def __init__(
        self,
        api_key: str,
        *,
        api_base: str = STRIPE_API_BASE,
        wait: tuple[float, float] = (_CONNECT, _ANSWER),
        repeats: int = _REPEATS,
    ) -> None:
        self._client = StripeClient(
            api_key,
            stripe_version=API_VERSION,
            base_addresses={"api": api_base},
            max_network_retries=repeats,
            http_client=stripe.RequestsClient(timeout=wait),
        )

    def open_account(self, *, key: str, country: str, email: str, name: str) -> Account:
        """Open an account that can receive transfers; the same key opens it once."""
        with _heard():
            made = self._client.v2.core.accounts.create(
                {
                    "contact_email": email,
                    "display_name": name,
                    "dashboard": "express",
                    "identity": {"country": country, "entity_type": "company"},
                    "configuration": {
                        "recipient": {
                            "capabilities": {
                                "stripe_balance": {"stripe_transfers": {"requested": True}}
                            }
                        }
                    },
                    "defaults": {
                        "currency": "eur",
                        "responsibilities": {
                            "fees_collector": "application",
                            "losses_collector": "application",
                        },
                    },
                    "include": _INCLUDE,
                },
                {"idempotency_key": key},
            )
            return _account(made)

    def account(self, reference: str) -> Account:
        """Return an account as it stands now."""
        with _heard():
            return _account(
                self._client.v2.core.accounts.retrieve(reference, {"include": _INCLUDE})
            )

    def onboarding_link(self, reference: str, *, back_to: str, again_at: str) -> str:
        """Return where the provider gives Stripe what it asks for; it opens once, for minutes."""
        with _heard():
            link = self._client.v2.core.account_links.create(
                {
                    "account": reference,
                    "use_case": {
                        "type": "account_onboarding",
                        "account_onboarding": {"return_url": back_to, "refresh_url": again_at},
                    },
                }
            )
            return link.url

    def transfer(
        self, *, key: str, order: str, group: str, amount: Money, destination: str
    ) -> Transfer:
        """Move money of ours to an account; beside it goes our order's number and nothing else."""
        with _heard():
            return _transfer(
                self._client.v1.transfers.create(
                    {
                        "amount": amount.minor,
                        "currency": amount.currency.lower(),
                        "destination": destination,
                        "transfer_group": group,
                        "metadata": {"order": order},
                    },
                    {"idempotency_key": key},
                )
            )

    def transfer_of(self, reference: str) -> Transfer:
        """Return a transfer as it stands now."""
        with _heard():
            return _transfer(self._client.v1.transfers.retrieve(reference))

    def transfers_in(self, group: str) -> list[Transfer]:
        """Return the transfers of a group: what an order whose outcome nobody knew has made."""
        with _heard():
            found = self._client.v1.transfers.list({"transfer_group": group, "limit": _PAGE})
            return [_transfer(one) for one in found.auto_paging_iter()]

    def reverse(self, *, key: str, transfer: str, amount: Money) -> Reversal:
        """Take a part of a transfer back, or all of it."""
        with _heard():
            return _reversal(
                self._client.v1.transfers.reversals.create(
                    transfer,
                    {"amount": amount.minor, "metadata": {"reversal": key}},
                    {"idempotency_key": key},
                )
            )

    def reversals_of(self, transfer: str) -> list[Reversal]:
        """Return what was taken back of a transfer."""
        with _heard():
            found = self._client.v1.transfers.reversals.list(transfer, {"limit": _PAGE})
            return [_reversal(one) for one in found.auto_paging_iter()]

    def payout(self, reference: str, *, account: str) -> Payout:
        """Return a payout of a provider's account as it stands now."""
        with _heard():
            found = self._client.v1.payouts.retrieve(reference, None, {"stripe_account": account})
            return _payout(found, account)

    def payouts_of(self, account: str, *, since: datetime) -> list[Payout]:
        """Return the payouts of a provider's account made since then."""
        with _heard():
            found = self._client.v1.payouts.list(
                {"created": {"gte": int(since.timestamp())}, "limit": _PAGE},
                {"stripe_account": account},
            )
            return [_payout(one, account) for one in found.auto_paging_iter()]

    def balance(self) -> list[Money]:
        """Return what we have at Stripe in each currency, available or not yet."""
        with _heard():
            found = self._client.v1.balance.retrieve()
            return _summed((*found.available, *found.pending))

    def lines(self, *, since: datetime, until: datetime) -> Iterator[BalanceLine]:
        """Yield the lines of our balance made in [since, until), the newest first."""
        with _heard():
            found = self._client.v1.balance_transactions.list(
                {
                    "created": {"gte": int(since.timestamp()), "lt": int(until.timestamp())},
                    "limit": _PAGE,
                }
            )
            for one in found.auto_paging_iter():
                yield _line(one)


def from_settings(settings: Settings) -> Gateway | None:
    """Return the way to Stripe, or None where no key is set: the rail is off."""
    if not settings.stripe_api_key:
        return None
    return Gateway(settings.stripe_api_key, api_base=settings.stripe_api_base or STRIPE_API_BASE)


def in_use() -> Gateway | None:
    """Return the way to Stripe of the running application, if the rail is on."""
    found: Gateway | None = current_app.extensions["stripe"]
    return found


def is_on() -> bool:
    """Whether the running application can pay through Stripe."""
    return in_use() is not None


def moves_real_money() -> bool:
    """Whether the running application is one in which real money moves."""
    settings: Settings = current_app.extensions["settings"]
    return settings.moves_real_money


def read_notice(body: bytes, signature: str, secrets: Sequence[str]) -> Notice:
    """Return what a message is about. Any of `secrets` may have signed it: two live in a rotation.

    Raises BadSignature, and Unreadable for a signed message of another shape.
    """
    _verify(body, signature, secrets)
    try:
        return _notice(cast("dict[str, Any]", json.loads(body)))
    except (ValueError, KeyError, TypeError) as problem:
        raise Unreadable(str(problem)) from problem


def _verify(body: bytes, signature: str, secrets: Sequence[str]) -> None:
    if not signature.isascii():  # the package would compare it, and raise
        raise BadSignature
    tolerance = int(SIGNED_AT_MOST_AGO.total_seconds())
    for secret in secrets:
        try:
            stripe.WebhookSignature.verify_header(body.decode(), signature, secret, tolerance)
        except (stripe.SignatureVerificationError, ValueError):
            continue
        return
    raise BadSignature


def _notice(told: dict[str, Any]) -> Notice:
    """Read a snapshot (v1) or a thin (v2) message: of the first only the id of its object."""
    if told["object"] == "v2.core.event":
        related = told.get("related_object") or {}
        return Notice(
            reference=str(told["id"]),
            kind=str(told["type"]),
            about=str(related.get("id", "")),
            account=str(told.get("context") or ""),
            made_at=datetime.fromisoformat(told["created"]),
            live=bool(told["livemode"]),
        )
    return Notice(
        reference=str(told["id"]),
        kind=str(told["type"]),
        about=str(told["data"]["object"].get("id") or ""),  # a balance has none
        account=str(told.get("account") or ""),
        made_at=_moment(told["created"]),
        live=bool(told["livemode"]),
    )


@contextmanager
def _heard() -> Iterator[None]:
    """Turn the package's errors into what they mean for whoever called.

    A repeat under one key returns the first answer, an error too
    (docs.stripe.com/api/idempotent_requests), so a 4xx is definite while Stripe keeps the key: had
    the first attempt made something, the repeat would have said so. That another request stands
    under the key tells nothing of what that one did.
    """
    try:
        yield
    except stripe.RateLimitError as error:
        raise TryLater(_said(error), after=_asked_for(error, _A_MOMENT)) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise TryLater(
            _said(error), after=_AN_HOUR
        ) from error  # a key of ours is wrong: not an order
    except (stripe.APIConnectionError, stripe.IdempotencyError) as error:
        raise OutcomeUnknown(_said(error)) from error
    except StripeError as error:
        status = error.http_status or 500
        if status == 409 or status >= 500:
            raise OutcomeUnknown(_said(error)) from error
        raise Refused(error.code or "refused", _said(error)) from error


def _said(error: StripeError) -> str:
    return error.user_message or str(error)


def _asked_for(error: StripeError, otherwise: timedelta) -> timedelta:
    said = str((error.headers or {}).get("Retry-After", ""))
    return max(timedelta(seconds=int(said)), _LEAST) if said.isdecimal() else otherwise


def _account(told: StripeAccount) -> Account:
    recipient = told.configuration and told.configuration.recipient
    capabilities = recipient and recipient.capabilities
    balance = capabilities and capabilities.stripe_balance
    transfers = balance and balance.stripe_transfers
    payouts = balance and balance.payouts
    asked = (told.requirements and told.requirements.entries) or []
    summary = told.requirements and told.requirements.summary
    deadline = summary and summary.minimum_deadline
    return Account(
        reference=told.id,
        country=((told.identity and told.identity.country) or "").upper(),
        closed=bool(told.closed),
        transfers=_TRANSFERS[transfers.status] if transfers else TransfersState.PENDING,
        payouts_active=bool(payouts and payouts.status == "active"),
        due=tuple(_due(one) for one in asked),
        due_at=datetime.fromisoformat(deadline.time) if deadline and deadline.time else None,
        live=told.livemode,
    )


def _due(entry: StripeAccount.Requirements.Entry) -> Due:
    return Due(
        field=entry.description,
        urgency=entry.minimum_deadline.status,
        by_stripe=entry.awaiting_action_from == "stripe",
        problem=str(entry.errors[0].code) if entry.errors else "",
    )


def _transfer(told: stripe.Transfer) -> Transfer:
    return Transfer(
        reference=told.id,
        order=str(told.metadata.to_dict().get("order", "")),
        group=told.transfer_group or "",
        destination=_id(told.destination),
        amount=Money(told.amount, told.currency.upper()),
        reversed=Money(told.amount_reversed, told.currency.upper()),
        made_at=_moment(told.created),
        live=told.livemode,
    )


def _reversal(told: stripe.TransferReversal) -> Reversal:
    return Reversal(
        reference=told.id,
        transfer=_id(told.transfer),
        amount=Money(told.amount, told.currency.upper()),
        key=str((told.metadata.to_dict() if told.metadata else {}).get("reversal", "")),
        made_at=_moment(told.created),
    )


def _payout(told: stripe.Payout, account: str) -> Payout:
    return Payout(
        reference=told.id,
        account=account,
        amount=Money(told.amount, told.currency.upper()),
        state=_PAYOUTS[told.status],
        arrives_on=_day(told.arrival_date),
        failure_code=told.failure_code or "",
        made_at=_moment(told.created),
        live=told.livemode,
    )


def _line(told: stripe.BalanceTransaction) -> BalanceLine:
    currency = told.currency.upper()
    return BalanceLine(
        reference=told.id,
        kind=told.type,
        amount=Money(told.amount, currency),
        fee=Money(told.fee, currency),
        net=Money(told.net, currency),
        source=_id(told.source),
        made_at=_moment(told.created),
        available_on=_day(told.available_on),
        description=told.description or "",
    )


def _summed(parts: Iterable[Any]) -> list[Money]:
    sums: dict[str, int] = {}
    for part in parts:
        sums[part.currency.upper()] = sums.get(part.currency.upper(), 0) + part.amount
    return [Money(minor, currency) for currency, minor in sorted(sums.items())]


def _id(told: Any) -> str:
    """Return the id of what may be an id or the object itself."""
    return told if isinstance(told, str) else str(getattr(told, "id", "") or "")


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _day(seconds: int) -> date:
    return local_day(_moment(seconds))
