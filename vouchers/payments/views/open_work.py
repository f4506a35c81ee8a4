"""Payments that wait for a colleague who leaves."""

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from reintegration.accounts.models import User
from reintegration.accounts.views.open_work import OpenWork
from reintegration.kernel import bounded
from reintegration.kernel.actor import Role
from reintegration.kernel.db import acting_as_system
from vouchers.payments.models import PayeeAccount, PaymentBatch
from vouchers.payments.states import BatchState


def of_payments(*, session: Session, user: User, today: date) -> list[OpenWork]:
    """Return the batches and accounts that wait for somebody in this person's roles."""
    del today
    asked: list[tuple[Role, str, Select[PaymentBatch] | Select[PayeeAccount]]] = [
        (Role.FINANCE_APPROVER, _("Batches that wait for approval"), _batches(BatchState.PREPARED)),
        (Role.FINANCE_RELEASER, _("Batches that wait for release"), _batches(BatchState.APPROVED)),
        (Role.FINANCE_APPROVER, _("Accounts of providers that wait for approval"), _accounts()),
    ]
    then = _("Others in this role, or a deputy, go on with them.")
    with acting_as_system(session):
        return [
            OpenWork(label, bounded.count(session, found), then)
            for role, label, found in asked
            if role in user.role_set
        ]


def _batches(state: BatchState) -> Select[PaymentBatch]:
    return select(PaymentBatch).where(PaymentBatch.state == state)


def _accounts() -> Select[PayeeAccount]:
    return select(PayeeAccount).where(
        PayeeAccount.approved_at.is_(None), PayeeAccount.retired_at.is_(None)
    )
