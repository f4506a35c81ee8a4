"""A redemption is held together with its voucher, which comes first."""

from sqlalchemy.orm import Session

from reintegration.kernel.locking import lock
from vouchers.voucher.models import Redemption, Voucher


def lock_redemption(session: Session, redemption: Redemption) -> Voucher:
    """Lock a redemption's voucher and then the redemption; return the voucher."""
    voucher = redemption.voucher
    lock(session, voucher)
    lock(session, redemption)
    return voucher
