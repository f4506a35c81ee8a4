"""Reading the files of banks that are kept."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import or_404
from vouchers.bank.models import BankFile
from vouchers.bank.permissions import BankPermission
from vouchers.formats.csv_look import LOOKED_AT, head_of


def file_or_404(session: Session, actor: Actor, file_id: UUID) -> BankFile:
    """Return a file or raise NotFound."""
    visible = permissions.visible(actor, BankFile, BankPermission.LIST)
    return or_404(session.scalar(visible.where(BankFile.id == file_id)))


def beginning(session: Session, file: BankFile) -> bytes:
    """Return the first whole lines of a file, without reading the rest."""
    part = func.substring(BankFile.content, 1, LOOKED_AT)
    return head_of(session.scalars(select(part).where(BankFile.id == file.id)).one())
