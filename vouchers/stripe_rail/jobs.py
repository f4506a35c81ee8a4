"""What recurs: providers' accounts are asked about, and what Stripe says of our balance."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from reintegration.kernel.jobs import Job, counting
from vouchers.stripe_rail.services import accounts, deadlines, sweep


def _ask_about_balance(session: Session, now: datetime) -> str | None:
    return "Stripe is asked for its lines" if sweep.ask(session, now=now) else None


SWEEP = Job("stripe.sweep", timedelta(days=1), _ask_about_balance)
JOBS = (
    Job(
        "stripe.ask_about_accounts",
        timedelta(hours=1),
        counting(accounts.ask_about_all, "accounts at Stripe to be asked about"),
    ),
    Job(
        "stripe.warn_of_deadlines",
        timedelta(days=1),
        counting(deadlines.warn_ahead, "accounts at Stripe warned of"),
    ),
    SWEEP,
)
