"""What another value of a rule on bank lines would change, for whoever approves it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select

from reintegration.kernel.clock import local_day
from reintegration.kernel.dated_rules import counting
from reintegration.kernel.errors import N_
from vouchers.bank.models import BankLine, LineEnding
from vouchers.bank.services.small_sums import FEES_AT_MOST, WRITTEN_OFF_AT_MOST
from vouchers.bank.states import Resolution


def _lately(kind: Resolution, since: datetime) -> Select[UUID]:
    return (
        select(LineEnding.id)
        .join(BankLine, BankLine.id == LineEnding.bank_line_id)
        .where(
            LineEnding.kind == kind,
            LineEnding.undone_at.is_(None),
            BankLine.booked_on > local_day(since),
        )
    )


FEES_AT_MOST.preview_with(
    counting(
        N_("Fees of the bank in the last 90 days: %(count)s"),
        lambda _coming, since: _lately(Resolution.FEE, since),
    )
)
WRITTEN_OFF_AT_MOST.preview_with(
    counting(
        N_("Lines written off in the last 90 days: %(count)s"),
        lambda _coming, since: _lately(Resolution.WRITTEN_OFF, since),
    )
)
