"""The index of names is brought up to the rule by which names are folded now."""

from datetime import timedelta

from reintegration.cases.services import vault
from reintegration.kernel.jobs import Job, counting

INDEX_NAMES = Job(
    "cases.index_names", timedelta(minutes=5), counting(vault.index_again, "names indexed again")
)
