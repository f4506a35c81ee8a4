"""The proof of a message from Stripe: its signature over the bytes as they came.

Comparing takes no time and asks nobody, so every signature is compared and a right one is never
refused; only wrong ones are counted, and above a bound answered without another word.
"""

from datetime import timedelta

from flask import Request, current_app, g
from sqlalchemy.orm import Session

from reintegration.kernel import clock, tries
from reintegration.kernel.actor import Actor, ActorKind
from reintegration.kernel.errors import N_
from reintegration.kernel.tries import Limit
from reintegration.settings import Settings
from reintegration.web.credentials import Credential, Door, Shown
from reintegration.web.door import as_it_came
from vouchers.stripe_rail import gateway
from vouchers.stripe_rail.queries.events import WRONG_SIGNATURES

LARGEST_BODY = 512 * 1024
"""A message has some kB; what is larger is read by nobody."""
WRONG_AT_MOST = Limit(tries=100, window=timedelta(hours=1))
STRIPE = Actor(id=None, kind=ActorKind.SERVICE, name="stripe")
_LONGEST_SIGNATURE = 2000


def _signature(asked: Request) -> str:
    return asked.headers.get("Stripe-Signature", "")[:_LONGEST_SIGNATURE]


def _verify(session: Session, signature: str) -> Shown | None:
    settings: Settings = current_app.extensions["settings"]
    if not settings.stripe_webhook_secrets:
        return None
    body = as_it_came(LARGEST_BODY)
    try:
        g.notice = gateway.read_notice(body, signature, settings.stripe_webhook_secrets)
    except gateway.BadSignature:
        tries.spend(session, WRONG_SIGNATURES, WRONG_AT_MOST, now=clock.now())
        return None
    except gateway.Unreadable:
        g.notice = None
    return Shown(STRIPE)


SIGNED_BY_STRIPE = Credential(
    name="stripe_signature",
    door=Door.MESSAGES,
    find=_signature,
    verify=_verify,
    speaks_as=ActorKind.SERVICE,
    sent_by_browser=False,
    acts=(),
    unproven=400,
    asks=N_(
        "The signature does not fit the message and the secrets that are set here."
        " Nothing was kept."
    ),
)
