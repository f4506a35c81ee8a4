"""Files that were looked at and never imported, and what was read in them."""

from datetime import timedelta

from reintegration.kernel.jobs import Job, counting
from vouchers.bank.services import bank_files

FORGET_FILES = Job(
    "bank.forget_files", timedelta(days=1), counting(bank_files.forget, "unused files let go")
)
