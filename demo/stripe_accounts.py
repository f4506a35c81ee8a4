"""Accounts of the demo's providers at Stripe."""

from demo.world import Firm, World
from vouchers.payments.services import payees
from vouchers.stripe_rail.objects import Account, Due
from vouchers.stripe_rail.services import accounts
from vouchers.stripe_rail.states import TransfersState

COUNTRY = "RO"
_APPROVER = "alina.croitoru"


def open_account(world: World, firm: Firm) -> None:
    """Open a provider's account at Stripe, and have finance approve that it is paid there."""
    manager, session, now = world.actor(firm.manager), world.session, world.now
    opened = accounts.open_(session, firm.provider, actor=manager, country=COUNTRY, now=now)
    reference = world.stripe.open(firm.provider.legal_name, COUNTRY, firm.provider.email, now)
    accounts.opened(session, opened.id, account_as_told(reference), now=now)
    proposed = accounts.propose(session, opened, firm.provider, actor=manager, now=now)
    payees.approve(session, proposed, actor=world.actor(_APPROVER), now=now)


def account_as_told(reference: str, missing: tuple[Due, ...] = ()) -> Account:
    """Return an account as Stripe tells of it, with what it misses."""
    return Account(
        reference=reference,
        country=COUNTRY,
        closed=False,
        transfers=TransfersState.ACTIVE,
        payouts_active=not missing,
        due=missing,
        due_at=None,
        live=False,
    )
