"""What a list shows, what a page opens and what the database lets through is one rule.

Asked of two of everything (`tests/house/world.py`), for one person of each role.
"""

from ast import Attribute, Call, ImportFrom
from typing import Any

import pytest
from sqlalchemy import create_engine, func, inspect, select, text
from sqlalchemy.orm import Session

from providers.directory.models import Offering, Provider, Site, SitePlace
from providers.directory.permissions import ProviderPermission
from providers.referrals.models import Pseudonym, Referral
from providers.referrals.permissions import ReferralPermission
from providers.referrals.states import ReferralState
from providers.vetting.permissions import VettingPermission
from reintegration import settings as configuration
from reintegration.accounts.models import Deputyship
from reintegration.accounts.permissions import AccountPermission
from reintegration.app import create_app
from reintegration.cases.models import CaseFile, Consent, ErasureRequest, HandOver, NameExport, Note
from reintegration.cases.permissions import CasePermission
from reintegration.cases.states import NoteKind
from reintegration.kernel import permissions, tries
from reintegration.kernel.actor import ANONYMOUS, OPERATOR, SYSTEM
from reintegration.kernel.db import act_as
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from reintegration.kernel.outbox import OutboxMessage
from reintegration.papers.models import Paper
from reintegration.papers.permissions import PaperPermission
from reintegration.plans.models import EmergencyStart, Goal, Milestone, Need, Plan, PlanLine
from reintegration.plans.permissions import EmergencyPermission, PlanPermission
from tests.factories.cast import NOW, TODAY
from tests.house import source
from tests.house.reads import READS, SURPLUS, UNGUARDED
from tests.house.world import make_world
from vouchers.bank.models import BankLine
from vouchers.bank.permissions import BankAccountPermission, BankPermission
from vouchers.books.models import BankAccount, OpeningBalance
from vouchers.books.permissions import OpeningPermission
from vouchers.books.services import settling
from vouchers.payments.models import Claim, PayeeAccount, PaymentBatch
from vouchers.payments.permissions import ClaimPermission, PayeePermission, PaymentPermission
from vouchers.stripe_rail.models import StripeAccount, StripeLine, StripePayout
from vouchers.stripe_rail.states import AccountState, LineState, PayoutState
from vouchers.voucher.models import Redemption, Voucher, VoucherHold
from vouchers.voucher.permissions import HoldPermission, RedemptionPermission, VoucherPermission
from vouchers.voucher.states import HoldCause

OF_OFFERS = {CasePermission.VIEW_OFFER, CasePermission.ANSWER_OFFER, CasePermission.TAKE_BACK_OFFER}
OF_NAME_EXPORTS = {
    CasePermission.VIEW_NAME_EXPORTS,
    CasePermission.ASK_NAME_EXPORT,
    CasePermission.DECIDE_NAME_EXPORT,
    CasePermission.USE_NAME_EXPORT,
}
OF_OTHERS = {CasePermission.DECIDE_ERASURE, *OF_OFFERS, *OF_NAME_EXPORTS}
"""Permissions about a case that are asked for something else than its file."""
SUBJECTS: list[tuple[Any, list[Any]]] = [
    (CaseFile, [one for one in CasePermission if one not in OF_OTHERS]),
    (HandOver, sorted(OF_OFFERS)),
    (NameExport, sorted(OF_NAME_EXPORTS)),
    (Deputyship, [AccountPermission.ANSWER_DEPUTYSHIP, AccountPermission.END_DEPUTYSHIP]),
    (Consent, [CasePermission.VIEW, CasePermission.WITHDRAW_CONSENT]),
    (ErasureRequest, [CasePermission.DECIDE_ERASURE]),
    (Plan, [*PlanPermission]),
    (Need, [PlanPermission.VIEW, PlanPermission.EDIT]),
    (Goal, [PlanPermission.VIEW, PlanPermission.EDIT]),
    (Milestone, [PlanPermission.VIEW, PlanPermission.MOVE_MILESTONE]),
    (PlanLine, [PlanPermission.EDIT, ReferralPermission.MATCH, VoucherPermission.DRAFT]),
    (EmergencyStart, [CasePermission.VIEW, EmergencyPermission.DECIDE]),
    (Provider, [*ProviderPermission]),
    (Site, [ProviderPermission.EDIT, ProviderPermission.READ_PLACE]),
    (Offering, [ProviderPermission.EDIT, *VettingPermission]),
    (Referral, [*ReferralPermission]),
    (Voucher, [*VoucherPermission]),
    (VoucherHold, [*HoldPermission]),
    (Redemption, [*RedemptionPermission]),
    (Claim, [*ClaimPermission]),
    (PaymentBatch, [*PaymentPermission]),
    (PayeeAccount, [*PayeePermission]),
    (Paper, [one for one in PaperPermission if one is not PaperPermission.ADD]),
    (BankAccount, [*BankAccountPermission]),
    (OpeningBalance, [*OpeningPermission]),
    (BankLine, [*BankPermission]),
]
"""A kind of object, and what may be asked for it."""

DOES_NOT_FIT = {(CaseFile, one) for one in OF_OTHERS}
"""Permissions whose rule reads a field that the object lacks: they are asked for another one."""


SEALED = {
    "case_origin",
    "voucher_hold",
    "person_key",
    "person_identity",
    "identity_index",
    "milestone_dependency",
    "answered_form",
}
"""Tables that the world leaves empty: guarded in the same words as their neighbours."""


@pytest.fixture(scope="module")
def world(postgres, worker_id):
    database = postgres.clone(f"visible_{worker_id}")
    settings = configuration.from_environment(database.environment())
    create_app(settings)
    engine = create_engine(database.url)
    with Session(engine, info={"keyring": settings.new_keyring()}) as session:
        made = make_world(session)
        _hold(session, *session.scalars(select(Voucher)))
        settling.sum_up(session, 0, 10**9)
        yield session, made
        tries.companion(session).dispose()
    engine.dispose()


def _hold(session: Session, *vouchers: Voucher) -> None:
    """Stop each for every cause that there is, whoever may."""
    for voucher in vouchers:
        session.add_all(
            VoucherHold(
                voucher_id=voucher.id,
                case_id=voucher.case_id,
                cause=cause.value,
                reason="x",
                since=NOW,
            )
            for cause in HoldCause
        )
    session.flush()


@pytest.mark.parametrize(
    ("model", "asked"), SUBJECTS, ids=lambda value: getattr(value, "__name__", "")
)
def test_the_rows_of_a_list_are_those_for_which_the_rule_holds(world, model, asked):
    session, made = world
    everything = session.scalars(select(model)).unique().all()
    assert everything
    key = inspect(model).primary_key[0]
    for name, actor in {**made.actors, "job": SYSTEM, "command": OPERATOR, "-": ANONYMOUS}.items():
        for permission in asked:
            listed = set(
                session.scalars(select(key).where(permissions.where(actor, model, permission)))
            )
            holds = {one.id for one in everything if permissions.permits(actor, permission, one)}
            assert listed == holds, f"{permission} for {name}"


def test_the_comparison_above_sees_some_rows_and_not_others(world):
    session, made = world
    shown = session.scalars(permissions.visible(made.actors["ana"], CaseFile, CasePermission.VIEW))
    ids = {case.id for case in shown.unique()}
    assert made.mine["case_id"] in ids
    assert made.theirs["case_id"] not in ids


def test_every_guarded_table_is_declared_and_every_declared_one_is_guarded(world):
    session, _made = world
    guarded = session.scalars(text("SELECT relname FROM pg_class WHERE relrowsecurity"))
    assert set(guarded) == set(READS)


def test_each_table_without_a_guard_has_its_reason(world):
    session, _made = world
    bare = session.scalars(
        text(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND NOT relrowsecurity"
            " AND relnamespace = 'public'::regnamespace"
        )
    )
    assert set(bare) == set(UNGUARDED)
    assert len(UNGUARDED) <= 20


@pytest.fixture(scope="module")
def seen(world):
    """What is shown to each person, and what the database lets them see, by table and person."""
    session, made = world
    _fill(session, made)
    found = {}
    for name, actor in made.actors.items():
        for table, (model, shown) in READS.items():
            act_as(session, SYSTEM)
            listed = set(session.execute(shown(actor)).all())
            act_as(session, actor)
            let_through = set(session.execute(select(*inspect(model).primary_key)).all())
            found[table, name] = (listed, let_through)
    act_as(session, SYSTEM)
    return found


def _fill(session, made):
    """Add a row on each side to tables that the world leaves empty."""
    for ids in (made.mine, made.theirs):
        case_id, provider_id = ids["case_id"], ids["provider_id"]
        session.add_all(
            [
                Note(
                    case_id=case_id,
                    kind=NoteKind.CONTACT.value,
                    body_sealed=b"-",
                    written_by=made.user_ids["ana"],
                    written_at=NOW,
                ),
                Pseudonym(case_id=case_id, provider_id=provider_id, words=f"lin-{case_id}"),
                OutboxMessage(
                    idempotency_key=f"{case_id}",
                    channel="mail",
                    payload={},
                    queued_at=NOW,
                    next_attempt_at=NOW,
                ),
            ]
        )
        _receive(session, ids)
        _pay_out(session, ids)
    session.flush()


def _receive(session, ids):
    """Add a confidential site that accepted somebody of the side's case."""
    site = Site(
        id=new_id(),
        provider_id=ids["provider_id"],
        name="Casa",
        confidential=True,
        place=SitePlace(territorial_unit="MD-SO"),
    )
    session.add(site)
    session.flush()
    offering = _like(session.get(Offering, ids["offering_id"]), site_id=site.id)
    session.add(offering)
    session.flush()
    asked = session.get(Referral, ids["referral_id"])
    session.add(_like(asked, offering_id=offering.id, state=ReferralState.ACCEPTED))


def _pay_out(session, ids):
    """Add a payout of an account that the side's provider has no more, and a line of our balance."""
    account = StripeAccount(
        id=new_id(),
        provider_id=ids["provider_id"],
        idempotency_key=f"closed:{ids['provider_id']}",
        country="RO",
        state=AccountState.CLOSED,
        opened_at=NOW,
    )
    session.add(account)
    session.flush()
    amount = Money(500, "EUR")
    payout = StripePayout(
        id=new_id(),
        reference=f"po_{account.id}",
        account_id=account.id,
        amount=amount,
        state=PayoutState.PAID,
        arrives_on=TODAY,
        made_at=NOW,
        asked_at=NOW,
    )
    line = StripeLine(
        id=new_id(),
        reference=f"txn_{account.id}",
        kind="payout",
        amount=amount,
        fee=Money.zero("EUR"),
        net=amount,
        source=payout.reference,
        made_at=NOW,
        available_on=TODAY,
        swept_at=NOW,
        state=LineState.OPEN,
    )
    session.add_all([payout, line])


def _like(row, **changes):
    columns = {one.key: getattr(row, one.key) for one in inspect(type(row)).column_attrs}
    return type(row)(**columns | {"id": new_id()} | changes)


def test_the_database_lets_through_all_that_is_shown(seen):
    hidden = {where for where, (shown, through) in seen.items() if shown - through}
    assert hidden == set()


def test_what_the_database_lets_through_beyond_is_listed_with_its_reason(world, seen):
    _session, made = world
    more = {
        (table, role)
        for (table, name), (shown, through) in seen.items()
        for role in made.actors[name].roles
        if through - shown
    }
    assert sorted(more - SURPLUS.keys()) == [], "shown by nothing: narrow the policy"
    assert sorted(SURPLUS.keys() - more) == [], "not let through any more: take it out"


def test_the_list_of_reasons_only_shrinks():
    assert len(SURPLUS) <= 7


def test_the_comparison_has_rows_in_every_table(world, seen):
    session, _made = world
    assert seen
    counts = {name: select(func.count()).select_from(model) for name, (model, _) in READS.items()}
    assert {name for name, count in counts.items() if not session.scalar(count)} <= SEALED


def test_nothing_but_a_policy_asks_for_a_role():
    """Whoever needs to know what somebody may asks for the permission: `permissions.could`."""
    askers = {
        path
        for path, nodes in source.files()
        for node in nodes
        if isinstance(node, Call) and source.called(node) == "has_role"
    }
    speakers = {
        path
        for path, nodes in source.files()
        for node in nodes
        if isinstance(node, ImportFrom) and node.module == "reintegration.kernel.groups"
    }
    assert {path.name for path in askers} <= {"policy.py", "rules.py", "groups.py"}
    assert {path.name for path in speakers} <= {"policy.py"}


def test_no_list_filters_by_the_caseload_with_its_own_hands():
    """`IN` with a list is also a statement of its own for each size of a caseload."""
    by_hand = [
        node
        for node in source.each(Call)
        if source.called(node) in {"in_", "not_in"}
        and any(isinstance(part, Attribute) and part.attr == "caseload" for part in node.args)
    ]
    assert by_hand == []
