"""For each guarded table, whose rows its pages show: the widest permission to read them.

`SURPLUS` names where the database lets more through than that, and why. It may only shrink: a rule
that shows less than before takes its line out, and nothing is added.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, inspect, select

from providers.referrals.models import Pseudonym, Referral
from providers.referrals.permissions import ReferralPermission
from reintegration.accounts.models import InboxMessage
from reintegration.accounts.permissions import AccountPermission
from reintegration.cases import models as cases
from reintegration.cases.permissions import CasePermission
from reintegration.kernel import permissions
from reintegration.kernel.actor import PROVIDER_ROLES, Actor, Role
from reintegration.kernel.answered import AnsweredForm
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.jobs import BackgroundTask
from reintegration.kernel.outbox import OutboxMessage
from reintegration.plans import models as plans
from reintegration.plans.permissions import PlanPermission
from vouchers.bank.models import BankLine, BankMatch, BankStatementFile
from vouchers.bank.permissions import BankAccountPermission, BankPermission
from vouchers.books.models import BankAccount, LedgerEntry, LedgerLine
from vouchers.books.permissions import LedgerPermission
from vouchers.payments.models import Claim, ClaimLine, PayeeAccount, PaymentBatch, PaymentOrder
from vouchers.payments.permissions import ClaimPermission, PayeePermission, PaymentPermission
from vouchers.voucher.models import Redemption, Voucher, VoucherHold
from vouchers.voucher.permissions import RedemptionPermission, VoucherPermission

Shown = Callable[[Actor], Select[Any]]


def _rows(model: Any, *asked: Any) -> tuple[Any, Shown]:
    return model, lambda actor: _keys(model).where(permissions.where(actor, model, *asked))


def _own(model: Any, field: str) -> tuple[Any, Shown]:
    return model, lambda actor: _keys(model).where(getattr(model, field) == actor.id)


def _of_claims(actor: Actor) -> Select[Any]:
    seen = permissions.where(actor, Claim, ClaimPermission.VIEW, ClaimPermission.VIEW_OWN)
    return _keys(ClaimLine).join(Claim, Claim.id == ClaimLine.claim_id).where(seen)


def _keys(model: Any) -> Select[Any]:
    return select(*inspect(model).primary_key)


_CASE, _PLAN = CasePermission.VIEW, PlanPermission.VIEW

READS: dict[str, tuple[Any, Shown]] = {
    model.__tablename__: (model, shown)
    for model, shown in (
        _rows(cases.CaseFile, _CASE),
        _rows(cases.CaseMember, _CASE),
        _rows(cases.Note, _CASE),
        _rows(cases.Consent, _CASE),
        _rows(cases.ErasureRequest, _CASE),
        _rows(cases.PersonKey, CasePermission.READ_IDENTITY),
        _rows(cases.PersonIdentity, CasePermission.READ_IDENTITY),
        _rows(cases.IdentityIndex, CasePermission.READ_IDENTITY),
        _rows(plans.EmergencyStart, _CASE),
        _rows(plans.Need, _PLAN),
        _rows(plans.Goal, _PLAN),
        _rows(plans.Plan, _PLAN),
        _rows(plans.PlanVersion, _PLAN),
        _rows(plans.Milestone, _PLAN),
        _rows(plans.MilestoneDependency, _PLAN),
        _rows(plans.PlanLine, _PLAN),
        _rows(Referral, ReferralPermission.VIEW, ReferralPermission.READ_REQUEST),
        _rows(Pseudonym, ReferralPermission.VIEW),
        _rows(Voucher, VoucherPermission.VIEW),
        _rows(VoucherHold, VoucherPermission.VIEW),
        _rows(Redemption, RedemptionPermission.VIEW, RedemptionPermission.READ_RECEIPT),
        _rows(Claim, ClaimPermission.VIEW, ClaimPermission.VIEW_OWN),
        (ClaimLine, _of_claims),
        _rows(PaymentBatch, PaymentPermission.VIEW),
        _rows(PaymentOrder, PaymentPermission.VIEW),
        _rows(PayeeAccount, PayeePermission.VIEW),
        _rows(BankAccount, BankAccountPermission.VIEW),
        _rows(BankStatementFile, BankPermission.LIST),
        _rows(BankLine, BankPermission.LIST),
        _rows(BankMatch, BankPermission.LIST),
        _rows(LedgerEntry, LedgerPermission.READ),
        _rows(LedgerLine, LedgerPermission.READ),
        _rows(AuditEvent, AccountPermission.READ_AUDIT, _CASE),
        _own(InboxMessage, "user_id"),
        _own(BackgroundTask, "started_by"),
        _own(AnsweredForm, "actor_id"),
        _rows(OutboxMessage),
    )
}

SURPLUS: dict[tuple[str, Role], str] = {
    **{
        ("voucher", role): "A desk finds a voucher by its code; a claim says which service it was."
        for role in PROVIDER_ROLES
    },
    (
        "redemption",
        Role.PROVIDER_BOOKKEEPER,
    ): "What was delivered is claimed; the pages show receipts, services and sums of it.",
    **{
        ("payment_order", role): "The page of an own claim says when it is paid."
        for role in (Role.PROVIDER_BOOKKEEPER, Role.PROVIDER_MANAGER)
    },
}
