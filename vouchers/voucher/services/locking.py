"""Locks, always in the same order: plan line, voucher, redemption, budget line."""

from sqlalchemy.orm import Session

from vouchers.voucher.models import Redemption, Voucher


def lock_voucher(session: Session, voucher: Voucher) -> None:
    """Lock the voucher and read it afresh: what was loaded before may be old by now."""
    session.flush()
    session.refresh(voucher, with_for_update=True)


def lock_redemption(session: Session, redemption: Redemption) -> Voucher:
    """Lock a redemption's voucher and then the redemption; return the voucher."""
    voucher = redemption.voucher
    lock_voucher(session, voucher)
    session.refresh(redemption, with_for_update={"of": Redemption})
    return voucher
