"""What case files do by the clock: consents that end, and the index of names."""

from datetime import timedelta

from reintegration.cases.services import consent_ends, vault
from reintegration.kernel.jobs import Job, counting

JOBS = (
    # The index is brought up to the rule by which names are folded now.
    Job(
        "cases.index_names",
        timedelta(minutes=5),
        counting(vault.index_again, "names indexed again"),
    ),
    Job(
        "cases.end_consents",
        timedelta(minutes=10),
        counting(consent_ends.end_lapsed, "consents ended"),
    ),
    Job(
        "cases.warn_of_consents",
        timedelta(hours=1),
        counting(consent_ends.warn_ahead, "ends of consents told ahead"),
    ),
)
