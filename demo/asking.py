"""Asking providers: matched as a case manager matches, sent, answered, and sometimes refused."""

from collections.abc import Generator
from datetime import datetime, timedelta

from demo.planwork import LineWork
from demo.specs import CaseSpec
from demo.timeline import Story
from demo.world import World, district_of
from providers.directory.models import Offering
from providers.directory.states import OfferingState
from providers.referrals.models import Referral
from providers.referrals.queries.matching import LineWithCase, candidates, request_of
from providers.referrals.services import referrals
from providers.referrals.services.disclosure import Asked
from providers.referrals.services.matching import Match, as_record, match
from providers.referrals.states import ReferralState, RejectionReason
from reintegration.cases.models import CaseFile
from reintegration.cases.states import ContactChannel
from reintegration.kernel.actor import Actor


class Asking:
    """The requests of one case."""

    def __init__(self, world: World, spec: CaseSpec, case: CaseFile) -> None:
        self.world, self.spec, self.case = world, spec, case

    def arrange(self, works: list[LineWork]) -> Story:
        """Ask a provider for each service that needs one, and let it accept."""
        sent = []
        for work in works:
            if not work.is_open and not work.is_spare and work.line is not None:
                referral = self._send(work)
                if referral is not None:
                    sent.append((work, referral))
        yield self.world.now + timedelta(days=1)
        for work, referral in sent:
            work.referral = self._answered(work, referral)

    def spare(self, work: LineWork) -> Story:
        """Ask for a service on which no voucher stands yet; it comes as far as the spec says."""
        fate = self.spec.spare
        if fate in ("", "free") or work.line is None:
            return
        days = {"draft": 1, "requested": 2, "accepted": 3, "expired": 9}.get(fate, 15)
        when = datetime.combine(self.world.ago(days), self.world.now.timetz())
        yield max(when, self.world.now + timedelta(hours=1))
        referral = self._send(work, send=fate != "draft")
        if referral is None or fate in ("draft", "requested", "expired"):
            return
        yield self.world.now + timedelta(hours=20)
        if referral.state != ReferralState.REQUESTED:
            return
        yield from self._end_spare(referral, fate)

    def _end_spare(self, referral: Referral, fate: str) -> Story:
        session, now = self.world.session, self.world.now
        coordinator = self.world.actor(self.world.firm_of(referral.provider_id).coordinator)
        if fate == "cancelled":
            referrals.cancel(
                session, referral, actor=self._manager, now=now, reason="Persoana a ales altceva."
            )
        elif fate == "rejected":
            referrals.reject(
                session,
                referral,
                actor=coordinator,
                now=now,
                reason=RejectionReason.NO_CAPACITY,
                comment="Avem locuri libere abia luna viitoare.",
            )
        else:
            referrals.accept(session, referral, actor=coordinator, now=now)
            if fate == "failed":
                yield now + timedelta(days=6)
                if referral.state == ReferralState.ACCEPTED:
                    referrals.fail(
                        session,
                        referral,
                        actor=coordinator,
                        now=self.world.now,
                        reason="Persoana nu a venit la trei întâlniri.",
                    )

    def complete(self, works: list[LineWork]) -> Generator[datetime, None, None]:
        """Let providers say that they are done with what has ended."""
        for work in works:
            referral = work.referral
            if referral is None or referral.state not in (
                ReferralState.ACCEPTED,
                ReferralState.IN_PROGRESS,
            ):
                continue
            coordinator = self.world.actor(self.world.firm_of(referral.provider_id).coordinator)
            referrals.complete(self.world.session, referral, actor=coordinator, now=self.world.now)
        yield from ()

    def _send(self, work: LineWork, *, send: bool = True) -> Referral | None:
        assert work.line is not None
        session, now = self.world.session, self.world.now
        found = LineWithCase(work.line, self.case)
        left = referrals.units_left(session, found)
        chosen, record = self._choose(found, left)
        if chosen is None or not left:
            return None
        referral = referrals.draft(
            session,
            actor=self._manager,
            found=found,
            offering=chosen,
            asked=Asked(left, self.world.day, self._note()),
            match=record,
            now=now,
        )
        if send:
            referrals.send(session, referral, actor=self._manager, found=found, now=now)
        return referral

    def _choose(
        self, found: LineWithCase, units: int
    ) -> tuple[Offering | None, dict[str, object] | None]:
        """Take the best match that is to be had, or whoever offers it at all."""
        request = request_of(found, units=max(units, 1), today=self.world.day)
        offered = candidates(self.world.session, category=found.line.category, case_id=self.case.id)
        ranked = match(request, offered, today=self.world.day).ranked
        fitting = [
            (one, offering)
            for one in ranked
            if (offering := self._offering(one)).currency == found.line.currency
        ]
        if fitting:
            one, offering = min(fitting, key=lambda pair: self._chance_left_out(pair, fitting[0]))
            return offering, as_record(one)
        for _firm, offering in self.world.offerings():
            if (offering.category, offering.currency, offering.state) == (
                found.line.category,
                found.line.currency,
                OfferingState.APPROVED,
            ):
                return offering, None
        return None, None

    def _chance_left_out(
        self, pair: tuple[Match, Offering], best: tuple[Match, Offering]
    ) -> tuple[bool, str]:
        """Order what is as good as the best by its place; the rule itself ends in ids: chance."""
        one, offering = pair
        equal = (one.score, one.candidate.provider_name, one.candidate.last_asked_at) == (
            best[0].score,
            best[0].candidate.provider_name,
            best[0].candidate.last_asked_at,
        )
        return not equal, district_of(offering)

    def _offering(self, one: Match) -> Offering:
        return self.world.session.get_one(Offering, one.candidate.offering_id)

    def _answered(self, work: LineWork, referral: Referral) -> Referral:
        """Accept it, or let every ninth be declined and taken on by the next provider."""
        session, now = self.world.session, self.world.now
        coordinator = self.world.actor(self.world.firm_of(referral.provider_id).coordinator)
        if (self.spec.number + len(work.vouchers)) % 9 == 0:
            referrals.reject(
                session, referral, actor=coordinator, now=now, reason=RejectionReason.NO_CAPACITY
            )
            again = self._send(work)
            if again is None:
                return referral
            referral = again
            coordinator = self.world.actor(self.world.firm_of(referral.provider_id).coordinator)
        return referrals.accept(session, referral, actor=coordinator, now=now)

    def _note(self) -> str:
        if self.case.contact_channel == ContactChannel.NONE:
            return ""
        return "По возможности до обеда." if self.spec.russian else "Pe cât se poate, dimineața."

    @property
    def _manager(self) -> Actor:
        return self.world.actor(self.spec.manager)
