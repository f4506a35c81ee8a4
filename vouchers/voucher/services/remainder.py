"""What is left on a voucher that ends: emptied, and given back."""

from datetime import datetime

from sqlalchemy.orm import Session

from reintegration.kernel.actor import Actor
from reintegration.kernel.money import Money
from vouchers.books.services import budget
from vouchers.books.services.journal import Posting, Source, post
from vouchers.books.services.postings import PostingEvent
from vouchers.books.states import SourceType
from vouchers.voucher.models import Voucher
from vouchers.voucher.services.issuing import dimensions


def empty(voucher: Voucher) -> Money:
    """Take what is free off the voucher and forget its paper; return how much that was."""
    free = voucher.amount_free
    voucher.units_left = voucher.units_pending
    voucher.amount_left = voucher.amount_pending
    voucher.print_sealed = None
    return free


def release(
    session: Session, voucher: Voucher, money: Money, *, key: str, actor: Actor, now: datetime
) -> None:
    """Post that `money` is no longer committed, and give it back to the budget line."""
    source = Source(SourceType.VOUCHER, voucher.id)
    posting = Posting(PostingEvent.REMAINDER_RELEASED, money, key, source, dimensions(voucher))
    post(session, posting, actor=actor, now=now)
    budget.give_back(session, voucher.budget_line_id, money)
