"""Two of everything: what Ana and Rita's provider have, and what Călin and another provider have."""

from dataclasses import dataclass
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from providers.directory.models import VettingDocument
from providers.referrals.states import ReferralState
from providers.vetting.services import document_papers
from reintegration.accounts.models import Deputyship, DeskDevice, Passkey, SignInSession, User
from reintegration.accounts.services import browsers, links
from reintegration.accounts.services.house import House
from reintegration.accounts.services.sign_in import start_session
from reintegration.cases.models import ErasureRequest, HandOver, HandOverItem, NameExport
from reintegration.cases.services import consent_papers
from reintegration.codelists.documents import DocumentKind
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel import clock, key_sample, tasks
from reintegration.kernel.actor import SYSTEM, Actor, Role
from reintegration.kernel.dated_rules import Dated
from reintegration.kernel.db import act_as, keyring
from reintegration.kernel.ids import new_id, new_reference
from reintegration.kernel.money import Money
from reintegration.kernel.outbox import OutboxMessage, OutboxState
from reintegration.plans.models import EmergencyStart, PlanVersion
from reintegration.plans.queries.snapshots import snapshot_of
from reintegration.plans.services import milestone_papers
from reintegration.plans.states import VersionState
from tests.factories.casework import Casework, make_casework
from tests.factories.cast import NOW, TODAY, Cast, actor, make_cast, make_person
from tests.factories.factors import enrol
from tests.factories.papers import make_paper
from tests.factories.payments import bank_line, make_batch, make_claim, notification, statement
from tests.factories.rules import proposal
from tests.factories.vouchers import deliver, make_referral, make_token, make_voucher
from tests.vouchers.formats.writers import Line, Status, Tx, pain002
from vouchers.bank.models import BankLine, OrderAnswer
from vouchers.bank.services import bank_files, endings, kept_columns
from vouchers.bank.services.bank_answers import import_answer
from vouchers.bank.services.statement_import import import_file
from vouchers.books.models import AccountingPeriod, LedgerEntry, OpeningBalance
from vouchers.books.services.periods.signing_off import sign_off
from vouchers.formats.csv_mapping import DayOrder, Meaning, Minus, mapped
from vouchers.payments.models import Claim, PaymentBatch, PaymentOrder
from vouchers.payments.models.payees import PayeeAccount
from vouchers.payments.services import claim_papers, payee_papers
from vouchers.payments.services.batches import new_bank_id
from vouchers.payments.states import Rail
from vouchers.stripe_rail.models import (
    StripeAccount,
    StripeBalance,
    StripeEvent,
    StripeLine,
    StripeReversal,
    StripeTransfer,
)
from vouchers.stripe_rail.states import (
    AccountState,
    EventState,
    LineProblem,
    LineState,
    ReversalCause,
)
from vouchers.voucher.services.issuing import AUTO_APPROVE_BELOW
from vouchers.voucher.services.validity import RECORDED_WITHIN

COLUMNS = mapped(
    [Meaning.BOOKING_DATE, Meaning.AMOUNT],
    heading=["Zi", "Bani"],
    delimiter=";",
    decimal=",",
    days=DayOrder.DMY,
    minus=Minus.OUT,
)
CASE_A, CASE_B = frozenset({"ana", "sergiu"}), frozenset({"calin"})
PROVIDER_A = frozenset({"rita", "corina", "boris", "maria"})
PROVIDER_B = frozenset({"olga", "oleg", "otilia"})


@dataclass
class World:
    """The ids of both sides by the names that addresses use, and a token for each person."""

    cast: Cast
    mine: dict[str, UUID]
    theirs: dict[str, UUID]
    tokens: dict[str, str]
    user_ids: dict[str, UUID]
    actors: dict[str, Actor]


def make_world(session: Session) -> World:
    """Add both sides; commits."""
    act_as(session, SYSTEM)
    assert not key_sample.misfit(session, keyring(session), now=NOW)
    cast = make_cast(session)
    second = _second_team(session, cast)
    mine = _side(session, cast, cast.provider, cast.offerings)
    theirs = _side(session, second, cast.other_provider, cast.other_offerings)
    people = {name: getattr(cast, name) for name in cast.people}
    tokens = {name: _token(session, user) for name, user in people.items()}
    entries = session.scalars(select(LedgerEntry.id).limit(2)).all()
    _come_in(session, cast)
    mine |= {
        "fund_id": cast.fund.id,
        "budget_line_id": cast.budget_line.id,
        "bank_account_id": cast.bank_account.id,
        "entry_id": entries[0],
        "opening_id": _opening(session, cast.petru),
        "period_id": (this_month := _period(session, TODAY.replace(day=1))),
        "close_id": _close(session, this_month),
        "deputyship_id": _deputyship(session, cast.petru, cast.alina),
        "version_id": _proposal(session, cast, AUTO_APPROVE_BELOW),
        "manager_id": cast.ana.id,
        "hand_over_id": _hand_over(session, cast.ana, cast.sergiu, cast.victor, mine["case_id"]),
        "request_id": _name_export(session, cast.dan),
        "message_id": _lost_message(session, "one"),
        "event_id": _refused_event(session, "one"),
        "stripe_line_id": _open_line(session, "one", Money(0, "EUR"), cast.petru.id),
        "session_id": _session_of(session, cast.ana),
        "passkey_id": _passkey_of(session, cast.ana) or new_id(),
        "device_id": _device(session, cast.maria),
    }
    theirs |= {
        "fund_id": cast.euro_fund.id,
        "budget_line_id": cast.euro_budget_line.id,
        "bank_account_id": cast.euro_bank_account.id,
        "entry_id": entries[1],
        "opening_id": _opening(session, cast.petru, dropped=True),
        "period_id": (
            last_month := _period(
                session, (TODAY.replace(day=1) - timedelta(days=1)).replace(day=1)
            )
        ),
        "close_id": _close(session, last_month),
        "deputyship_id": _deputyship(session, cast.victor, cast.vera),
        "version_id": _proposal(session, cast, RECORDED_WITHIN),
        "manager_id": cast.calin.id,
        "hand_over_id": _hand_over(session, cast.calin, cast.calin, cast.victor, theirs["case_id"]),
        "request_id": _name_export(session, cast.dan),
        "message_id": _lost_message(session, "two"),
        "event_id": _refused_event(session, "two"),
        "stripe_line_id": _open_line(session, "two", Money(0, "USD"), cast.petru.id),
        "session_id": _session_of(session, cast.calin),
        "passkey_id": new_id(),
        "device_id": _device(session, cast.oleg),
    }
    kept_columns.keep(
        session, cast.bank_account, actor=actor(session, cast.petru), mapping=COLUMNS, now=NOW
    )
    user_ids = {name: user.id for name, user in people.items()}
    actors = {name: actor(session, user) for name, user in people.items()}
    session.commit()
    return World(cast, mine, theirs, tokens, user_ids, actors)


def _proposal(session: Session, cast: Cast, rule: Dated[Any]) -> UUID:
    """Return a proposal that waits: the least change of what came with Punte."""
    stored = rule.kind.stored(rule.at_first())
    version = proposal(cast, rule, stored, first_day=TODAY + timedelta(days=9))
    session.add(version)
    session.flush()
    return version.id


def _opening(session: Session, proposer: User, *, dropped: bool = False) -> UUID:
    """Return balances that wait, or that were dropped."""
    made = OpeningBalance(
        id=new_id(),
        as_of=TODAY,
        content={"accounts": [], "funds": [], "lines": []},
        proposed_by=proposer.id,
        proposed_at=NOW,
        retired_at=NOW if dropped else None,
    )
    session.add(made)
    session.flush()
    return made.id


def _period(session: Session, month: date) -> UUID:
    """Return a month that is open."""
    made = AccountingPeriod(id=new_id(), month=month)
    session.add(made)
    session.flush()
    return made.id


def _close(session: Session, period_id: UUID) -> UUID:
    """Return what was signed off at a close of a month, which is open again."""
    period = session.get_one(AccountingPeriod, period_id)
    period.prepared_at = NOW
    made = sign_off(session, period, [], actor=SYSTEM, now=NOW)
    period.prepared_at = None
    session.flush()
    return made.id


def _deputyship(session: Session, represented: User, deputy: User) -> UUID:
    """Return a deputyship that waits for the deputy's word."""
    named = Deputyship(
        id=new_id(),
        represented_id=represented.id,
        deputy_id=deputy.id,
        role=next(iter(represented.role_set)),
        starts_on=TODAY,
        ends_on=TODAY + timedelta(days=3),
        named_by=represented.id,
        named_at=NOW,
    )
    session.add(named)
    session.flush()
    return named.id


def _hand_over(
    session: Session, manager: User, supervisor: User, receiver: User, case_id: UUID
) -> UUID:
    """Return a case that is offered to somebody."""
    made = HandOver(
        id=new_id(),
        from_id=manager.id,
        to_id=receiver.id,
        stays=False,
        reason="leaves",
        offered_by=supervisor.id,
        offered_at=NOW,
        items=[HandOverItem(case_id=case_id)],
    )
    session.add(made)
    session.flush()
    return made.id


def _name_export(session: Session, administrator: User) -> UUID:
    """Return a request that waits for a supervisor."""
    made = NameExport(
        id=new_id(),
        reference=new_reference("NE"),
        recipient="age1",
        reason="we move",
        asked_by=administrator.id,
        asked_at=NOW,
    )
    session.add(made)
    session.flush()
    return made.id


def _refused_event(session: Session, reference: str) -> UUID:
    """Return a message from Stripe that was refused."""
    event = StripeEvent(
        id=new_id(),
        reference=reference,
        kind="transfer.created",
        about="tr_1",
        made_at=NOW,
        received_at=NOW,
        state=EventState.REFUSED,
        next_attempt_at=NOW,
        problem="unknown_order",
    )
    session.add(event)
    session.flush()
    return event.id


def _open_line(session: Session, reference: str, said: Money, noted_by: UUID) -> UUID:
    """Return a line of the Stripe balance that a person is to clear."""
    line = StripeLine(
        id=new_id(),
        reference=f"txn_{reference}",
        kind="adjustment",
        amount=Money(-330, "EUR"),
        fee_minor=0,
        net_minor=-330,
        source="",
        made_at=NOW,
        available_on=TODAY,
        swept_at=NOW,
        state=LineState.OPEN,
        problem=LineProblem.UNKNOWN_KIND,
        note="corecție",
        noted_by=noted_by,
    )
    session.add_all([line, StripeBalance(said=said, said_at=NOW, is_whole=False)])
    session.flush()
    return line.id


def _come_in(session: Session, cast: Cast) -> None:
    """Let Ana have an app, codes, a passkey and a browser, and a link on its way."""
    enrol(session, cast.ana, now=NOW)
    browsers.remember(session, "", cast.ana, passed=True, now=NOW)
    house = House("https://a.example", "https://b.example", ())
    links.send(session, cast.ana, actor=SYSTEM, house=house, now=NOW)
    session.add(
        Passkey(
            id=new_id(),
            user_id=cast.ana.id,
            credential=b"credential",
            public_key=b"key",
            sign_count=0,
            name="Telefon",
            made_at=NOW,
        )
    )
    session.flush()


def _passkey_of(session: Session, user: User) -> UUID | None:
    return session.scalar(select(Passkey.id).where(Passkey.user_id == user.id))


def _session_of(session: Session, user: User) -> UUID:
    return session.scalars(select(SignInSession.id).where(SignInSession.user_id == user.id)).one()


def _device(session: Session, user: User) -> UUID:
    """Return a device of the desk that waits for its code."""
    device = DeskDevice(
        id=new_id(),
        organisation_id=user.organisation_id,
        label="Tableta",
        code_hash=user.id.bytes,
        code_until=NOW + timedelta(minutes=15),
        made_by=user.id,
        made_at=NOW,
    )
    session.add(device)
    session.flush()
    return device.id


def _lost_message(session: Session, key: str) -> UUID:
    """Return a message of which nobody knows whether it left."""
    message = OutboxMessage(
        id=new_id(),
        idempotency_key=key,
        channel="email",
        payload={},
        state=OutboxState.UNKNOWN,
        queued_at=NOW,
        next_attempt_at=NOW,
    )
    session.add(message)
    session.flush()
    return message.id


def _second_team(session: Session, cast: Cast) -> Any:
    """Return the cast as Călin's: the factories make everything for `ana`, at her provider."""
    sanda = make_person("sanda", cast.programme, "Sanda Ursu", Role.SUPERVISOR)
    session.add(sanda)
    session.flush()
    return SimpleNamespace(
        **{key: value for key, value in vars(cast).items() if key != "people"},
        ana=cast.calin,
        sergiu=sanda,
        rita=cast.olga,
        boris=cast.oleg,
        petru=cast.petru,
        alina=cast.alina,
        radu=cast.radu,
        people=cast.people,
    )


def _side(session: Session, cast: Any, provider: Any, offerings: Any) -> dict[str, UUID]:
    cast.offerings, cast.provider = offerings, provider
    work = make_casework(session, cast)
    requested = make_referral(
        session,
        cast,
        work,
        state=ReferralState.REQUESTED.value,
        answered_at=None,
        answer_by=NOW + timedelta(days=2),
        disclosure={"note": ""},
    )
    issued = make_voucher(session, cast, work)
    outcome = deliver(session, cast.rita, issued)
    _token_row, _ = make_token(session, provider.id)
    offering = offerings[ServiceCategory.MENTAL_HEALTH]
    document = VettingDocument(
        id=new_id(),
        provider_id=provider.id,
        kind=DocumentKind.REGISTRATION.value,
        issued_on=TODAY - timedelta(days=200),
        expires_on=TODAY + timedelta(days=200),
    )
    account = PayeeAccount(
        id=new_id(),
        provider_id=provider.id,
        currency="USD",
        iban="MD24AG000000022512345699",
        holder=provider.legal_name,
        proposed_at=NOW,
    )
    at_stripe = StripeAccount(
        id=new_id(),
        provider_id=provider.id,
        idempotency_key=f"walk:{provider.id}",
        reference=f"acct_{provider.id.hex[-12:]}",
        country="RO",
        state=AccountState.OPEN,
        opened_at=NOW,
        asked_at=NOW,
    )
    emergency = EmergencyStart(
        id=new_id(),
        case_id=work.case.id,
        started_by=cast.ana.id,
        started_at=NOW,
        ratify_by=NOW + timedelta(hours=72),
        ceiling_minor=300_000,
        currency="MDL",
    )
    version = PlanVersion(
        id=new_id(),
        plan_id=work.plan.id,
        case_id=work.case.id,
        number=1,
        state=VersionState.APPROVED.value,
        snapshot=snapshot_of(work.plan),
        submitted_by=cast.ana.id,
        submitted_at=NOW,
        decided_by=cast.sergiu.id,
        decided_at=NOW,
    )
    erasure = ErasureRequest(
        id=new_id(),
        case_id=work.case.id,
        reason="asked by the person",
        asked_by=cast.ana.id,
        asked_at=NOW,
    )
    session.add_all([document, account, at_stripe, emergency, version, erasure])
    session.flush()
    task = tasks.queue(session, kind="providers.import", actor=actor(session, cast.ana), now=NOW)
    session.add(tasks.TaskPage(task_id=task.id, part=0, number=1, content=[]))
    payments = _payment_ids(session, cast)
    claim = session.get_one(Claim, payments["claim_id"])
    return (
        _case_ids(work)
        | _paper_ids(session, cast, work, claim, document, account)
        | {
            "emergency_id": emergency.id,
            "referral_id": requested.id,
            "voucher_id": issued.voucher.id,
            "redemption_id": outcome.redemption_id,
            "token_id": _token_row.id,
            "provider_id": provider.id,
            "organisation_id": provider.id,
            "site_id": offering.site_id,
            "offering_id": offering.id,
            "document_id": document.id,
            "account_id": account.id,
            "stripe_account_id": at_stripe.id,
            "user_id": cast.rita.id,
            "task_id": task.id,
        }
        | payments
    )


def _payment_ids(session: Session, cast: Any) -> dict[str, UUID]:
    """Return a claim that waits for its check, a released batch and what the bank said of it."""
    claim = make_claim(session, cast)
    batch = make_batch(session, cast, until="released")
    order = batch.orders[0]
    import_file(
        session,
        actor=actor(session, cast.petru),
        name="walk.xml",
        content=statement(cast, bank_line(order)),
        now=NOW,
    )
    line = session.scalars(select(BankLine.id).where(BankLine.end_to_end_id == order.end_to_end_id))
    _end_a_line(session, cast, f"D{order.reference}")
    table = f"Jour;Somme;Texte\n{NOW:%d.%m.%Y};-1,00;{order.reference}\n".encode()
    file = bank_files.put(
        session, actor=actor(session, cast.petru), name="walk.csv", content=table, now=NOW
    )
    explained = Line(
        -100,
        currency="MDL",
        day=TODAY,
        reference="N1",
        transactions=[Tx(100, "MDL", order.end_to_end_id)],
    )
    import_file(
        session,
        actor=actor(session, cast.petru),
        name="notice.xml",
        content=notification(cast, explained),
        now=NOW,
    )
    refusal = import_answer(
        session,
        actor=actor(session, cast.petru),
        name="walk.xml",
        content=pain002(batch.message_id, Status(order.end_to_end_id)),
        now=NOW,
    )
    refused = session.scalars(
        select(OrderAnswer.id).where(OrderAnswer.answer_id == UUID(refusal.answer_id))
    )
    return {
        "answer_id": UUID(refusal.answer_id),
        "order_answer_id": refused.one(),
        "claim_id": claim.id,
        "claim_line_id": claim.lines[0].id,
        "batch_id": batch.id,
        "order_id": order.id,
        "bank_line_id": line.one(),
        "file_id": file.id,
    } | _stripe_ids(session, order)


def _end_a_line(session: Session, cast: Any, reference: str) -> None:
    """Let the bank pay interest, so that a line is there that pays no order."""
    petru, paid = actor(session, cast.petru), Line(100, "MDL", TODAY, reference=reference)
    content = statement(cast, paid)
    import_file(session, actor=petru, name="interest.xml", content=content, now=NOW)
    line = session.scalars(select(BankLine).where(BankLine.bank_reference == reference)).one()
    endings.mark_interest(session, line, actor=petru, now=NOW)
    session.commit()


def _paper_ids(
    session: Session,
    cast: Any,
    work: Casework,
    claim: Claim,
    document: VettingDocument,
    account: PayeeAccount,
) -> dict[str, UUID]:
    """Return a paper of a claim that names a person; beside it, one of each kind and plane."""
    vera, held = cast.people["vera"], claim_papers.held_by(claim)
    make_paper(session, held, cast.boris)
    paper = make_paper(session, held, cast.boris, named=True)
    make_paper(session, held, cast.boris, named=None)
    make_paper(session, consent_papers.held_by(work.consent), cast.ana, named=True)
    make_paper(session, milestone_papers.held_by(work.milestone), cast.ana)
    make_paper(session, document_papers.held_by(document), vera)
    make_paper(session, payee_papers.held_by(account), cast.petru)
    return {"paper_id": paper.id, "part_id": paper.parts[0].id}


def _stripe_ids(session: Session, like: PaymentOrder) -> dict[str, UUID]:
    """Return an order that Stripe paid, and what of it shall be taken back."""
    batch = PaymentBatch(
        id=new_id(),
        reference=new_reference("B", 6),
        message_id=new_bank_id("M"),
        total=like.amount,
        rail=Rail.STRIPE_TRANSFER,
        execution_on=TODAY,
        prepared_at=NOW,
    )
    order = PaymentOrder(
        id=new_id(),
        reference=new_reference("PO", 6),
        end_to_end_id=new_bank_id("E"),
        batch=batch,
        provider_id=like.provider_id,
        payee_name=like.payee_name,
        payee_service_account="acct_1",
        amount=like.amount,
        text="x",
    )
    session.add_all([batch, order])
    session.flush()
    transfer = StripeTransfer(
        order_id=order.id,
        reference=f"tr_{order.reference}",
        destination="acct_1",
        amount=order.amount,
        made_at=NOW,
        known_at=NOW,
    )
    session.add(transfer)
    session.flush()
    reversal = StripeReversal(
        id=new_id(),
        order_id=order.id,
        amount=order.amount,
        cause=ReversalCause.PAYOUT_FAILED,
        reason="x",
        asked_at=NOW,
    )
    session.add(reversal)
    session.flush()
    return {"transfer_id": order.id, "reversal_id": reversal.id}


def _case_ids(work: Casework) -> dict[str, UUID]:
    return {
        "case_id": work.case.id,
        "consent_id": work.consent.id,
        "need_id": work.milestone.goal.need_id,
        "goal_id": work.milestone.goal_id,
        "milestone_id": work.milestone.id,
        "line_id": work.line.id,
        "plan_line_id": work.line.id,
        "plan_id": work.plan.id,
    }


def _token(session: Session, user: User) -> str:
    return start_session(session, user, device="walk", lifetime=timedelta(hours=8), now=clock.now())
