"""The last days: claims and batches that stand at every step, and what has piled up."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import func, select, update

from demo.funds import APPROVER, PREPARER, drain
from demo.payments import RELEASER, Payments, unclaimed
from demo.providers import approve_account, propose_elsewhere
from demo.timeline import Story, at
from demo.world import Firm, World
from reintegration.accounts.models import InboxMessage
from reintegration.accounts.services.actors import actor_of
from reintegration.cases.models import CaseFile
from reintegration.kernel.ids import new_id
from reintegration.kernel.outbox import OutboxMessage, OutboxState
from vouchers.payments.models import Claim, ClaimLine, PayeeAccount, PaymentBatch
from vouchers.payments.services import batches, claims
from vouchers.payments.states import ClaimLineState, ClaimState
from vouchers.voucher.models import Redemption
from vouchers.voucher.services import confirmation
from vouchers.voucher.services.redemption import Delivery, redeem
from vouchers.voucher.states import OPEN_STATES, VoucherState

_PER_CLAIM = 3
_AHEAD = 7
"""So many days ahead leaves the batch that waits: an account that has changed is paid by then."""
_IN_LEI = select(PayeeAccount).where(
    PayeeAccount.currency == "MDL",
    PayeeAccount.approved_at.is_not(None),
    PayeeAccount.retired_at.is_(None),
)
_MAIL = "email"
_FATES = (
    "submitted",
    "disputed",
    "checked",
    "prepared",
    "approved",
    "released",
    "draft",
    "withdrawn",
    "submitted",
    "checked",
)


def recent_claims(world: World, office: Payments) -> Story:
    """Ask for what was delivered of late; each claim comes as far as its turn says."""
    yield at(world.ago(3), 10)
    groups = _groups(world)
    asked: dict[str, list[Claim]] = {}
    lost = _first_in_euro(groups)
    for turn, (firm, delivered) in enumerate(groups):
        fate = "released" if turn == lost else _FATES[turn % len(_FATES)]
        claim = office.claim(firm, delivered, send=fate != "draft")
        asked.setdefault(fate, []).append(claim)
        if fate == "withdrawn":
            claims.withdraw(world.session, claim, actor=world.actor(firm.bookkeeper), now=world.now)
    yield at(world.ago(2), 14)
    for turn, claim in enumerate(asked.get("disputed", ())):
        if claim.payable:
            office.dispute(claim, turn)
    for fate in ("checked", "prepared", "approved", "released"):
        for claim in asked.get(fate, ()):
            office.accept(claim)
    refused = _refused_of_late(world, [*asked.get("checked", ()), *asked.get("submitted", ())])
    _one_is_paid_elsewhere(world, asked)
    yield at(world.ago(1), 9)
    if refused is not None:
        _record_anew(world, refused)
    for fate in ("prepared", "approved", "released"):
        _pay(world, office, fate, asked.get(fate, ()))
    drain(world)


def _first_in_euro(groups: Sequence[tuple[Firm, list[Redemption]]]) -> int | None:
    """Return which claim is the first in euro: its order is paid, and nobody hears of it."""
    in_euro = (
        turn for turn, (_firm, delivered) in enumerate(groups) if delivered[0].currency == "EUR"
    )
    return next(in_euro, None)


def _one_is_paid_elsewhere(world: World, asked: Mapping[str, Sequence[Claim]]) -> None:
    """Let a payee of the batch that will wait move its account: its approver shall see that."""
    leaving = {
        claim.provider_id for fate in ("approved", "released") for claim in asked.get(fate, ())
    }
    for claim in asked.get("prepared", ()):
        account = world.session.scalar(_IN_LEI.where(PayeeAccount.provider_id == claim.provider_id))
        plain = account is not None and claim.currency == "MDL" and not account.final_account
        if plain and claim.provider_id not in leaving:
            firm = world.firm_of(claim.provider_id)
            approve_account(world, propose_elsewhere(world, firm, "AG000225100013104169"))
            return


def _pay(world: World, office: Payments, fate: str, chosen: Sequence[Claim]) -> None:
    for mine in office.by_way([one for one in chosen if one.state == ClaimState.CHECKED]):
        batch = office.batch(mine, ahead=_AHEAD if fate == "prepared" else 0)
        if fate != "prepared":
            batches.approve(world.session, batch, actor=world.actor(APPROVER), now=world.now)
        if fate == "released":
            batches.release(world.session, batch, actor=world.actor(RELEASER), now=world.now)
            office.stripe.pay_and_lose_an_answer(batch)
            _refuse_one(office, batch)


def _refuse_one(office: Payments, batch: PaymentBatch) -> None:
    """Let the bank refuse an order in a way that a person has to look at."""
    sent = [order for order in batch.orders if order.amount]
    if batch.bank_account_id is not None and sent:
        smallest = min(sent, key=lambda order: order.amount_minor)
        office.bank.answer(smallest, "AC06", "cont blocat", is_exact=False)


def _groups(world: World) -> list[tuple[Firm, list[Redemption]]]:
    groups, waiting = [], unclaimed(world)
    for firm in world.firms.values():
        for currency in ("MDL", "EUR"):
            delivered = waiting.get((firm.provider.id, currency), [])
            size = 1 if world.scale < 1 else _PER_CLAIM
            kept = delivered[:-1] if firm.key == "speranta" and len(delivered) > 1 else delivered
            groups += [(firm, kept[i : i + size]) for i in range(0, len(kept), size)]
    return groups


def clear_old_mail(world: World) -> None:
    """Let people have read what is older than three days; old mail has left the house."""
    old = at(world.ago(3), 0)
    world.session.execute(
        update(InboxMessage)
        .where(InboxMessage.sent_at < old, InboxMessage.read_at.is_(None))
        .values(read_at=func.least(InboxMessage.sent_at + timedelta(hours=20), old))
    )
    world.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.state == OutboxState.QUEUED)
        .values(state=OutboxState.SENT, settled_at=OutboxMessage.queued_at, attempts=1)
    )
    _lose_sight_of_one(world)


def _lose_sight_of_one(world: World) -> None:
    """Let nobody know of the newest mail whether it left."""
    newest = (
        select(OutboxMessage.id)
        .where(OutboxMessage.channel == _MAIL)
        .order_by(OutboxMessage.queued_at.desc(), OutboxMessage.idempotency_key)
        .limit(1)
        .scalar_subquery()
    )
    world.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == newest)
        .values(state=OutboxState.UNKNOWN.value, error="TimeoutError: the server did not answer")
    )


def _refused_of_late(world: World, chosen: Sequence[Claim]) -> Redemption | None:
    """Refuse the newest delivery of these claims that can still be recorded anew; return it."""
    lines = sorted(
        (line for claim in chosen for line in claim.lines if _can_be_mended(world, line)),
        key=lambda line: (line.redemption.delivered_on, line.amount_minor),
    )
    if not lines:
        return None
    refused = lines[-1]
    preparer = world.actor(PREPARER)
    reason = "Lista nu este semnată pentru această zi."
    claims.refuse_line(world.session, refused, actor=preparer, reason=reason, now=world.now)
    return refused.redemption


def _can_be_mended(world: World, line: ClaimLine) -> bool:
    voucher = line.redemption.voucher
    return (
        line.state != ClaimLineState.REFUSED
        and bool(line.redemption.units)
        and line.redemption.delivered_on >= world.ago(13)
        and voucher.state in {*OPEN_STATES, VoucherState.REDEEMED}
        and not voucher.is_held
        and not voucher.is_over(world.day + timedelta(days=1))
    )


def _record_anew(world: World, refused: Redemption) -> None:
    """Record what was refused anew, for the same day; its case manager confirms it."""
    session, firm = world.session, world.firm_of(refused.provider_id)
    session.refresh(refused.voucher)
    recorded = redeem(
        session,
        actor=world.actor(firm.reception),
        delivery=Delivery(
            key=str(new_id()),
            voucher_id=refused.voucher_id,
            units=refused.units,
            delivered_on=refused.delivered_on,
            without_pin="Lista este semnată acum.",
        ),
        now=world.now,
    )
    found = session.get_one(Redemption, recorded.redemption_id)
    case = session.get_one(CaseFile, found.case_id)
    manager = actor_of(session, world.users[world.key_of(case.manager_id)])  # a case changes hands
    confirmation.confirm(session, found, actor=manager, now=world.now)
