"""What recurs with providers' accounts at Stripe."""

from datetime import timedelta

from reintegration.kernel.jobs import Job, counting
from vouchers.stripe_rail.services import accounts, deadlines

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
)
