"""The life of one voucher: issued, used, lost, stopped, taken back, or left to lapse."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from demo.catalogue import is_value
from demo.planwork import LineWork
from demo.specs import CaseSpec, VoucherSpec
from demo.timeline import Story, at
from demo.world import Firm, World
from providers.directory.states import OfferingState
from providers.referrals.services import referrals
from providers.referrals.states import ReferralState
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel.actor import Actor
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from reintegration.plans.models import PlanLine
from vouchers.payments.services import reversal
from vouchers.voucher.models import Redemption, Voucher
from vouchers.voucher.services import (
    cancelling,
    confirmation,
    elapsed,
    entitlement,
    holds,
    issuing,
    replacing,
    spans,
)
from vouchers.voucher.services.redemption import Delivery, redeem
from vouchers.voucher.states import OPEN_STATES

Done = TypeVar("Done")

_VALID_DAYS = 60
_LATE_DAYS = 14
"""How much longer than a stay its voucher is valid."""


@dataclass
class VoucherStory:
    """A voucher with those who hold it, serve on it and pay for it."""

    world: World
    spec: CaseSpec
    work: LineWork
    wanted: VoucherSpec
    consent_until: Callable[[], date]
    voucher: Voucher | None = None
    pin: str = ""
    firm: Firm | None = None
    made: list[UUID] = field(default_factory=list)

    def tell(self) -> Story:
        """Issue it on its day and follow it to its end, or to the day of loading."""
        hour = 9 + (self.spec.number + self.wanted.days) % 7
        yield at(self.world.ago(self.wanted.days), hour, 5 * (self.spec.number % 12))
        if not self._can_be_issued():
            return
        yield from self._issue()
        if self.voucher is None or not self.pin:
            return
        yield from _FATES[self.wanted.fate](self)

    # --- issuing ---------------------------------------------------------------------------

    def _can_be_issued(self) -> bool:
        referral, line = self.work.referral, self.work.line
        if line is None or (referral is None and not self.work.is_open):
            return False
        if referral is None:
            return True
        self.firm = self.world.firm_of(referral.provider_id)
        return referral.offering.state == OfferingState.APPROVED and referral.state in (
            ReferralState.ACCEPTED,
            ReferralState.IN_PROGRESS,
        )

    def _issue(self) -> Story:
        world, line = self.world, self.work.line
        assert line is not None
        money, first = is_value(self.wanted.category), self._first_day()
        until = self._valid_until(line, first)
        size = self.wanted.size
        size = size if money else min(size, elapsed.passed(line.unit, first, until))
        if not size:
            return
        promise = issuing.Promise(
            line,
            referral=self.work.referral,
            units=None if money else size,
            amount=Money(size, self.wanted.currency) if money else None,
            valid_from=first,
            valid_until=until,
        )
        self.voucher, secrets = issuing.issue(
            world.session, promise, actor=self.manager, now=world.now
        )
        if secrets is None:
            yield from self._wait_for_approval()
        else:
            self.pin = secrets.pin or ""

    def _wait_for_approval(self) -> Story:
        assert self.voucher is not None
        if self.wanted.fate == "draft":
            return
        yield self._later(1)
        supervisor = self.world.actor(self.spec.supervisor)
        issuing.approve(self.world.session, self.voucher, actor=supervisor, now=self.world.now)
        if self.wanted.fate == "approved":
            return
        yield self._later(0, hours=2)
        made = issuing.issue_draft(
            self.world.session, self.voucher, actor=self.manager, now=self.world.now
        )
        self.pin = made.pin or ""

    def _first_day(self) -> date:
        referral = self.work.referral
        first = max(self.world.day, referral.starts_on) if referral else self.world.day
        assert self.work.line is not None
        return spans.free_from(self.world.session, self.work.line, first)

    def _valid_until(self, line: PlanLine, first: date) -> date:
        if self.wanted.fate.startswith("lapsed"):
            last = self.world.day + timedelta(days=min(30, self.wanted.days - 2))
        else:
            last = first + timedelta(days=_VALID_DAYS)
            if line.unit in elapsed.SPAN:  # the next stay can begin only when this one is over
                over = elapsed.begins_after(line.unit, first, self.wanted.size)
                last = over + timedelta(days=_LATE_DAYS)
        ends = [last, self.consent_until(), self._funded_until(line)]
        if self.work.referral is not None:
            approved = entitlement.approved_through(self.world.session, self.work.referral.offering)
            ends.append(approved or last)
        return max(min(ends), first)

    def _funded_until(self, line: PlanLine) -> date:
        return entitlement.paid_from(self.world.session, line).fund.ends_on

    # --- what happens to it ----------------------------------------------------------------

    def use_all(self) -> Story:
        """Use it up, in one, two or three visits."""
        yield from self._use(3, part=False)

    def use_part(self) -> Story:
        """Use about a half; the rest may still be used, or lapses."""
        yield from self._use(2, part=True)

    def confirm_later(self) -> Story:
        """Deliver without a PIN; the case manager asks and confirms."""
        yield max(self._later(2), self._when_over(self._half()))
        found = self._deliver(self._half(), without_pin="A uitat PIN-ul acasă.")
        if found is not None:
            yield self._later(2, hours=3)
            self._confirm(found)
            yield from self._use(1, part=False)

    def leave_unconfirmed(self) -> Story:
        """Deliver without a PIN; nobody has settled it yet."""
        yield max(self._later(1), self._when_over(self._half()))
        self._deliver(self._half(), without_pin="Telefonul cu PIN-ul s-a stricat.")

    def refuse_one(self) -> Story:
        """Deliver without a PIN, and the person was not there."""
        yield max(self._later(3), self._when_over(self._half()))
        found = self._deliver(self._half(), without_pin="A plecat înainte de a scrie PIN-ul.")
        if found is not None:
            yield self._later(1)
            confirmation.refuse(
                self.world.session,
                found,
                actor=self.manager,
                now=self.world.now,
                reason="Persoana spune că nu a fost acolo în ziua aceea.",
            )
            yield from self._use(2, part=True)

    def take_back(self) -> Story:
        """Record something by mistake and take it back."""
        yield max(self._later(2), self._when_over(self._half()))
        found = self._deliver(self._half())
        if found is not None:
            yield self._later(1)
            assert self.firm is not None
            self.world.session.refresh(found)
            reversal.reverse(
                self.world.session,
                found,
                actor=self.world.actor(self.firm.reception),
                reason="Introdus de două ori.",
                now=self.world.now,
            )

    def correct(self) -> Story:
        """Take a delivery back, and record it rightly."""
        yield from self.take_back()
        yield from self._use(2, part=False)

    def stop(self) -> Story:
        """Use a part; then the case manager stops it for a while."""
        yield from self._use(2, part=True)
        yield self._later(1)
        if self._is_usable():
            self._manage(holds.place, "Persoana a cerut o pauză de două săptămâni.")

    def cancel(self) -> Story:
        """Cancel it: it is not needed any more."""
        yield self._later(5)
        if self._is_usable():
            self._manage(cancelling.cancel, "Serviciul nu mai este necesar.")

    def replace(self) -> Story:
        """Lose the paper, and use the new one."""
        yield self._later(3)
        if self._is_usable():
            self.voucher, _secrets = self._manage(replacing.replace, "Hârtia s-a pierdut.")
            yield from self._use(2, part=self.wanted.days <= 25)

    def use_anywhere(self) -> Story:
        """Use an open voucher at a provider that the person chose."""
        self._choose()
        yield from self._use(2, part=self.wanted.fate == "open_part")

    def rest(self) -> Story:
        """Nothing happens with it."""
        yield from ()

    # --- steps -----------------------------------------------------------------------------

    def _use(self, visits: int, *, part: bool) -> Story:
        visits = 1 + self.spec.number % visits
        for visit in range(visits, 0, -1):
            yield self._later(2 + (self.spec.number + visit) % 5, hours=visit)
            left = self._left()
            size = left // (visit + 1 if part else visit) or min(left, 0 if part else 1)
            if size <= 0:
                return
            yield self._when_over(size)
            found = self._deliver(size)
            if found is None:
                return
            if found.state == "unconfirmed":
                yield self._later(1, hours=1)
                self._confirm(found)

    def _manage(self, act: Callable[..., Done], reason: str) -> Done:
        """Do to the voucher what its case manager does, for a reason."""
        session, now = self.world.session, self.world.now
        return act(session, self.voucher, actor=self.manager, now=now, reason=reason)

    def _deliver(self, size: int, *, without_pin: str = "") -> Redemption | None:
        """Record a delivery as the desk does; by PIN where the category is proven by it."""
        if self.firm is None or not size or not self._is_usable():
            return None
        assert self.voucher is not None
        if self.voucher.valid_from > self.world.day:
            return None
        session, money = self.world.session, is_value(self.wanted.category)
        outcome = redeem(
            session,
            actor=self.world.actor(self.firm.reception),
            delivery=Delivery(
                key=str(new_id()),
                voucher_id=self.voucher.id,
                units=None if money else size,
                amount=str(Money(size, self.wanted.currency).decimal) if money else None,
                pin=None if without_pin or self.voucher.proof != "pin" else self.pin,
                without_pin=without_pin or None,
            ),
            now=self.world.now,
        )
        self._begin_referral()
        return session.get_one(Redemption, outcome.redemption_id)

    def _confirm(self, found: Redemption) -> None:
        session = self.world.session
        session.refresh(found)
        if found.state == "unconfirmed":
            confirmation.confirm(session, found, actor=self.manager, now=self.world.now)

    def _begin_referral(self) -> None:
        referral = self.work.referral
        if referral is not None and referral.state == ReferralState.ACCEPTED:
            coordinator = self.world.actor(self.world.firm_of(referral.provider_id).coordinator)
            referrals.start(self.world.session, referral, actor=coordinator, now=self.world.now)

    def _choose(self) -> None:
        assert self.voucher is not None
        fitting = [
            (offering.price_minor, firm.key, firm)
            for firm, offering in self.world.offerings()
            if offering.category == self.voucher.category
            and offering.currency == self.voucher.currency
            and offering.state == OfferingState.APPROVED
            and (
                is_value(ServiceCategory(offering.category))
                or offering.price_minor <= self.voucher.unit_price_minor
            )
        ]
        if fitting:
            self.firm = sorted(fitting)[self.spec.number % len(fitting)][2]

    def _is_usable(self) -> bool:
        assert self.voucher is not None
        self.world.session.refresh(self.voucher)
        usable = self.voucher.state in OPEN_STATES and not self.voucher.is_held
        return usable and not self.voucher.is_over(self.world.day) and self._is_vetted()

    def _is_vetted(self) -> bool:
        referral = self.work.referral
        return referral is None or referral.offering.state == OfferingState.APPROVED

    def _left(self) -> int:
        assert self.voucher is not None
        self.world.session.refresh(self.voucher)
        if is_value(self.wanted.category):
            return self.voucher.amount_free.minor
        return self.voucher.units_free

    def _when_over(self, size: int) -> datetime:
        """Return when so many more nights, days or months are over: not before now."""
        assert self.voucher is not None
        voucher, now = self.voucher, self.world.now
        used = voucher.units - voucher.units_free
        day = elapsed.begins_after(voucher.unit, voucher.valid_from, used + size)
        if voucher.unit not in elapsed.SPAN or day <= self.world.day:
            return now
        return max(now, at(day, now.hour, now.minute))

    def _half(self) -> int:
        return max(self._left() // 2, 1)

    def _later(self, days: int, *, hours: int = 0) -> datetime:
        return self.world.now + timedelta(days=days, hours=hours)

    @property
    def manager(self) -> Actor:
        """Return the case manager as they act now."""
        return self.world.actor(self.spec.manager)


_FATES: dict[str, Callable[[VoucherStory], Story]] = {
    "full": VoucherStory.use_all,
    "part": VoucherStory.use_part,
    "issued": VoucherStory.rest,
    "open": VoucherStory.rest,
    "open_part": VoucherStory.use_anywhere,
    "open_full": VoucherStory.use_anywhere,
    "unconfirmed": VoucherStory.leave_unconfirmed,
    "confirmed": VoucherStory.confirm_later,
    "refused": VoucherStory.refuse_one,
    "reversed": VoucherStory.take_back,
    "corrected": VoucherStory.correct,
    "stopped": VoucherStory.stop,
    "cancelled": VoucherStory.cancel,
    "replaced": VoucherStory.replace,
    "lapsed": VoucherStory.rest,
    "lapsed_part": VoucherStory.use_part,
}
