"""For each guarded table, whose rows its pages show: the widest permission to read them.

`SURPLUS` names where the database lets more through than that, and why. It may only shrink: a rule
that shows less than before takes its line out, and nothing is added.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, inspect, or_, select

from providers.directory.models import Offering, Site, SitePlace
from providers.directory.permissions import ProviderPermission
from providers.referrals.models import Pseudonym, Referral
from providers.referrals.permissions import ReferralPermission
from providers.referrals.queries.referrals import receiving_sites
from providers.vetting.permissions import VettingPermission
from reintegration.accounts.models import (
    AccountLink,
    Deputyship,
    DeskDevice,
    InboxMessage,
    KnownBrowser,
    Passkey,
    RecoveryCode,
    SecondFactor,
)
from reintegration.accounts.permissions import AccountPermission
from reintegration.cases import models as cases
from reintegration.cases.permissions import CasePermission
from reintegration.codelists.proof_kinds import ProofCode
from reintegration.codelists.service_categories import CategoryCode
from reintegration.kernel import permissions
from reintegration.kernel.actor import PROVIDER_ROLES, Actor, Role
from reintegration.kernel.answered import AnsweredForm
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.house_keys import HouseKey, KeySample
from reintegration.kernel.outbox import OutboxMessage
from reintegration.kernel.states import StateEvent
from reintegration.kernel.tasks import BackgroundTask, TaskPage
from reintegration.papers.models import Paper, PaperKey, PaperPart
from reintegration.papers.permissions import PaperPermission
from reintegration.plans import models as plans
from reintegration.plans.permissions import PlanPermission
from reintegration.rulebook.models import RulebookEdition, RuleVersion
from reintegration.rulebook.permissions import RulePermission
from vouchers.bank.models import (
    BankAnswer,
    BankFile,
    BankLine,
    BankMatch,
    BankNotice,
    BankStatementFile,
    KeptColumns,
    LineEnding,
    OrderAnswer,
)
from vouchers.bank.permissions import BankAccountPermission, BankPermission
from vouchers.books.models import (
    AccountingPeriod,
    BankAccount,
    LedgerEntry,
    LedgerLine,
    LedgerSum,
    OpeningBalance,
    PeriodClose,
)
from vouchers.books.permissions import LedgerPermission, OpeningPermission, PeriodPermission
from vouchers.payments.models import Claim, ClaimLine, PayeeAccount, PaymentBatch, PaymentOrder
from vouchers.payments.permissions import ClaimPermission, PayeePermission, PaymentPermission
from vouchers.stripe_rail.models import (
    StripeAccount,
    StripeBalance,
    StripeEvent,
    StripeLine,
    StripePayout,
    StripeReversal,
    StripeTransfer,
)
from vouchers.stripe_rail.permissions import StripePermission
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


def _of_hand_overs(actor: Actor) -> Select[Any]:
    """Return the cases of what one offered or receives, and those of one's own caseload."""
    told = permissions.where(actor, cases.HandOver, CasePermission.VIEW_OFFER)
    of_case = permissions.where(actor, cases.HandOverItem, CasePermission.VIEW)
    return _keys(cases.HandOverItem).join(cases.HandOver).where(or_(told, of_case))


def _where_it_stands(actor: Actor) -> Select[Any]:
    """Return the devices of one's provider: each page of reception asks whether its own is one."""
    return _keys(DeskDevice).where(DeskDevice.organisation_id == actor.organisation_id)


def _of_tasks(actor: Actor) -> Select[Any]:
    return _keys(TaskPage).join(BackgroundTask).where(BackgroundTask.started_by == actor.id)


def _of_places(actor: Actor) -> Select[Any]:
    """Return what `providers.directory.queries.directory.places_of` tells of, for all providers."""
    on_offer = permissions.where(actor, Site, ProviderPermission.VIEW) & ~Site.confidential
    known = permissions.where(actor, Site, ProviderPermission.READ_PLACE)
    received = Site.id.in_(receiving_sites(actor))
    return _keys(SitePlace).join(Site).where(or_(on_offer, known, received))


_HISTORIES: tuple[tuple[str, Any, tuple[Any, ...]], ...] = (
    ("case", cases.CaseFile, (CasePermission.VIEW,)),
    ("plan", plans.Plan, (PlanPermission.VIEW,)),
    ("milestone", plans.Milestone, (PlanPermission.VIEW,)),
    ("emergency", plans.EmergencyStart, (CasePermission.VIEW,)),
    ("referral", Referral, (ReferralPermission.VIEW,)),
    ("voucher", Voucher, (VoucherPermission.VIEW,)),
    ("redemption", Redemption, (RedemptionPermission.VIEW,)),
    ("offering", Offering, (VettingPermission.VIEW, VettingPermission.ANSWER)),
    ("claim", Claim, (ClaimPermission.VIEW,)),
    ("payment_batch", PaymentBatch, (PaymentPermission.VIEW,)),
    ("bank_line", BankLine, (BankPermission.LIST,)),
    ("payment_order", PaymentOrder, (PaymentPermission.VIEW,)),
)


def _of_histories(actor: Actor) -> Select[Any]:
    return _keys(StateEvent).where(
        or_(
            *(
                (StateEvent.aggregate == name)
                & StateEvent.aggregate_id.in_(
                    select(model.id).where(permissions.where(actor, model, *asked))
                )
                for name, model, asked in _HISTORIES
            )
        )
    )


def _of_papers(model: Any, permission: PaperPermission) -> tuple[Any, Shown]:
    def shown(actor: Actor) -> Select[Any]:
        seen = permissions.where(actor, Paper, permission)
        return _keys(model).join(Paper, Paper.id == model.paper_id).where(seen)

    return model, shown


def _of_payouts(actor: Actor) -> Select[Any]:
    seen = permissions.where(actor, StripeAccount, StripePermission.VIEW_ACCOUNT)
    return _keys(StripePayout).join(StripeAccount).where(seen)


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
        _rows(cases.NameExport, CasePermission.VIEW_NAME_EXPORTS),
        _rows(cases.HandOver, CasePermission.VIEW_OFFER),
        (cases.HandOverItem, _of_hand_overs),
        _rows(Deputyship, AccountPermission.END_DEPUTYSHIP),
        (DeskDevice, _where_it_stands),
        _rows(cases.PersonKey, CasePermission.READ_IDENTITY),
        _rows(cases.CaseOrigin, CasePermission.VIEW),
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
        _rows(OpeningBalance, OpeningPermission.VIEW),
        _rows(BankAnswer, BankPermission.LIST),
        _rows(AccountingPeriod, PeriodPermission.VIEW),
        _rows(PeriodClose, PeriodPermission.VIEW),
        _rows(BankFile, BankPermission.LIST),
        _rows(OrderAnswer, BankPermission.LIST),
        _rows(BankStatementFile, BankPermission.LIST),
        _rows(KeptColumns, BankAccountPermission.VIEW),
        _rows(BankLine, BankPermission.LIST),
        _rows(BankMatch, BankPermission.LIST),
        _rows(LineEnding, BankPermission.LIST),
        _rows(BankNotice, BankPermission.LIST),
        _rows(StripeAccount, StripePermission.VIEW_ACCOUNT),
        _rows(StripeTransfer, StripePermission.VIEW),
        _rows(StripeReversal, StripePermission.VIEW),
        (StripePayout, _of_payouts),
        _rows(StripeEvent, StripePermission.VIEW),
        _rows(StripeLine, StripePermission.VIEW),
        _rows(StripeBalance, StripePermission.VIEW),
        _rows(LedgerEntry, LedgerPermission.READ),
        _rows(LedgerLine, LedgerPermission.READ),
        _rows(LedgerSum, LedgerPermission.READ),
        _rows(CategoryCode),
        _rows(ProofCode),
        _rows(RuleVersion, RulePermission.READ),
        _rows(RulebookEdition),
        _rows(AuditEvent, AccountPermission.READ_AUDIT, _CASE),
        _rows(Paper, PaperPermission.VIEW),
        _of_papers(PaperPart, PaperPermission.VIEW),
        _of_papers(PaperKey, PaperPermission.OPEN),
        _own(InboxMessage, "user_id"),
        _own(BackgroundTask, "started_by"),
        (TaskPage, _of_tasks),
        _own(AnsweredForm, "actor_id"),
        _own(SecondFactor, "user_id"),
        _own(RecoveryCode, "user_id"),
        _own(Passkey, "user_id"),
        _own(AccountLink, "user_id"),
        _own(KnownBrowser, "user_id"),
        _rows(OutboxMessage),
        _rows(HouseKey),
        _rows(KeySample),
        (StateEvent, _of_histories),
        _rows(Site, ProviderPermission.VIEW, ProviderPermission.READ_PLACE),
        (SitePlace, _of_places),
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

_MONEY = "Tells of the programme's money and of nobody; every issue and delivery changes it."
_OFFER = "What is on offer is matched, shown and checked by everybody who signs in."
_DOOR = "Is read before anybody is known: it says who comes in."
UNGUARDED: dict[str, str] = {
    "alembic_version": "Is the owner's.",
    "api_token": _DOOR,
    "audit_checkpoint": "Hashes and signatures; health pages read how fresh they are.",
    "audit_seal": "Hashes only.",
    "budget_line": _MONEY,
    "converted_allocation": _MONEY,
    "exchange_rate": _MONEY,
    "fund": _MONEY,
    "job_run": "Names of jobs and when they ran; health pages read it.",
    "lane_beat": "Names of lanes and when they last went on; health pages read it.",
    "offering": _OFFER,
    "organisation": _OFFER,
    "plan_line_delivery": "Counts units of a line by id; a desk adds to it and knows no case.",
    "provider": _OFFER,
    "sign_in_session": _DOOR,
    "try_counter": _DOOR,
    "user_account": _DOOR,
    "user_role": _DOOR,
    "vetting_document": _OFFER,
    "watermark": "Numbers: how far the trail is sealed, and the books are checked, without a gap.",
}
"""Tables without row-level security, and why. This list may only shrink, too."""
