"""Requests that nobody answered in time."""

from datetime import timedelta

from providers.referrals.services import stops
from reintegration.kernel.jobs import Job, counting

EXPIRE_REFERRALS = Job(
    "providers.expire_referrals",
    timedelta(minutes=10),
    counting(stops.expire_referrals, "referrals expired"),
)
