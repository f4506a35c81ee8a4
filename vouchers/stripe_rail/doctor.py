"""What the doctor looks at of Stripe; each sentence names what to do. It may call Stripe."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy.orm import Session

from reintegration.kernel.outbox import OutcomeUnknown, Refused, TryLater
from reintegration.settings import Settings
from vouchers.stripe_rail import gateway
from vouchers.stripe_rail.queries import events

_HEARD_WITHIN = timedelta(hours=1)
"""After a transfer its message comes within seconds; Stripe repeats what was not taken."""
_WAITS_AT_MOST = timedelta(minutes=15)
_DESTINATIONS = 3
"""At Stripe, as docs/operations.md asks for them; each signs with one secret."""


def look(*, session: Session, now: datetime) -> list[str]:
    """Return what to mend; nothing where the rail is off."""
    settings: Settings = current_app.extensions["settings"]
    if not settings.stripe_api_key:
        return []
    return [
        *_reached(),
        *_heard(session),
        *_secrets(settings),
        *_wrong(session, now),
        *_refused(session),
        *_waiting(session, now),
    ]


def _reached() -> Iterator[str]:
    stripe = gateway.in_use()
    try:
        if stripe is not None:
            stripe.balance()
    except OutcomeUnknown:
        yield "Stripe does not answer: look at the network, STRIPE_API_BASE and status.stripe.com"
    except TryLater:
        yield (
            "Stripe takes no call with this key: look whether STRIPE_API_KEY was revoked or lacks a"
            " permission (docs/operations.md, Stripe)"
        )
    except Refused as problem:
        yield f"Stripe refuses to say our balance ({problem.code}): look at the account in Stripe"


def _heard(session: Session) -> Iterator[str]:
    paid, heard = events.paid_at(session), events.heard_at(session)
    if paid is not None and (heard is None or heard < paid - _HEARD_WITHIN):
        last = f"the last came {heard:%Y-%m-%d %H:%M} UTC" if heard else "none ever came"
        yield (
            f"money left through Stripe and no message followed ({last}): look at the destinations"
            " in Stripe, whether they lead here and are not disabled"
        )


def _secrets(settings: Settings) -> Iterator[str]:
    count = len(settings.stripe_webhook_secrets)
    if count == 0:
        yield "STRIPE_WEBHOOK_SECRET is not set: no message from Stripe is taken"
    elif count > _DESTINATIONS:
        yield (
            f"{count} secrets stand in STRIPE_WEBHOOK_SECRET, more than destinations: when a change"
            " of secrets is over, take the old one out"
        )


def _wrong(session: Session, now: datetime) -> Iterator[str]:
    if wrong := events.wrong_signatures(session, now=now):
        yield (
            f"{wrong} messages with a wrong signature came within the hour: compare"
            " STRIPE_WEBHOOK_SECRET with the secrets of the destinations in Stripe"
        )


def _refused(session: Session) -> Iterator[str]:
    if refused := events.refused_count(session):
        yield (
            f"{refused} messages from Stripe were refused: a finance preparer finds each with what"
            " to do under “Messages from Stripe”"
        )


def _waiting(session: Session, now: datetime) -> Iterator[str]:
    pile = events.queued_before(session, now - _WAITS_AT_MOST)
    if pile.count:
        yield (
            f"{pile.count} calls to Stripe wait, the oldest since {pile.since:%Y-%m-%d %H:%M} UTC:"
            " is the scheduler running, and does Stripe answer?"
        )
