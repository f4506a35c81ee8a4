"""Documents and approvals that end: reminded of, and swept."""

from datetime import timedelta

from providers.vetting.services import expiry
from reintegration.kernel.jobs import Job, counting

JOBS = (
    Job(
        "providers.remind_documents",
        timedelta(days=1),
        counting(expiry.remind_documents, "documents reminded"),
    ),
    Job(
        "providers.remind_approvals",
        timedelta(days=1),
        counting(expiry.remind_approvals, "approvals reminded"),
    ),
    Job(
        "providers.expire_offerings",
        timedelta(hours=1),
        counting(expiry.expire_offerings, "offerings expired"),
    ),
)
