"""Lines of claims with the deliveries that they stand for: a delivery is claimed once.

`claimed` of a delivery is written here alone, with the line: it says whether a line stands that was
not refused. A delivery is locked before its line.
"""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import lock_all
from vouchers.payments.models import ClaimLine
from vouchers.payments.services.payment_moves import CLAIM_LINE
from vouchers.payments.states import ClaimLineState
from vouchers.voucher.models import Redemption


def stand_for(delivery: Redemption) -> ClaimLine:
    """Return a line over a locked delivery that no line stands for."""
    delivery.claimed = True
    return ClaimLine(
        id=new_id(), redemption_id=delivery.id, case_id=delivery.case_id, amount=delivery.amount
    )


def refuse(session: Session, lines: Iterable[ClaimLine]) -> list[ClaimLine]:
    """Refuse the lines that were not, and return them."""
    standing = release(session, lines)
    for line in standing:
        CLAIM_LINE.put(line, "refuse")
    session.flush()
    return standing


def release(session: Session, lines: Iterable[ClaimLine]) -> list[ClaimLine]:
    """Let the deliveries of lines that were not refused be claimed again; return these lines.

    Their claim is locked, and the caller refuses or removes them.
    """
    standing = [line for line in lines if line.state != ClaimLineState.REFUSED]
    for delivery in lock_all(session, [line.redemption for line in standing]):
        delivery.claimed = False
    return standing
