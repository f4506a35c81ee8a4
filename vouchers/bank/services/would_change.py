"""What another value of a rule on bank lines would change, for whoever approves it."""

from sqlalchemy import select

from reintegration.kernel.clock import local_day
from reintegration.kernel.dated_rules import counting
from reintegration.kernel.errors import N_
from vouchers.bank.models import BankLine
from vouchers.bank.services.reconciliation import FEES_AT_MOST
from vouchers.bank.states import Resolution

FEES_AT_MOST.preview_with(
    counting(
        N_("Fees of the bank in the last 90 days: %(count)s"),
        lambda _coming, since: select(BankLine.id).where(
            BankLine.resolution == Resolution.FEE, BankLine.booked_on > local_day(since)
        ),
    )
)
