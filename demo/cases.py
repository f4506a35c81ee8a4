"""The way of one person through the programme, from the first talk to the last visit."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from demo import words
from demo.asking import Asking
from demo.deliveries import VoucherStory
from demo.names import draw_identifier, draw_phone
from demo.papers import Papers
from demo.places import address, locality
from demo.planwork import PlanWriter, lines_of
from demo.rulebook import UKRAINIAN
from demo.specs import WITH_VOUCHERS, CaseSpec
from demo.timeline import Story, at
from demo.world import World
from providers.referrals.models import Referral
from providers.referrals.services import referrals
from providers.referrals.states import OPEN_REFERRALS
from reintegration.cases.models import CaseFile, Consent
from reintegration.cases.services import case_moves, consent, notes, registration
from reintegration.cases.services.registration import CaseFacts
from reintegration.cases.services.vault import Identity
from reintegration.cases.states import (
    OF_AGE,
    ClosureReason,
    ConsentMode,
    ConsentScope,
    ContactChannel,
    NoteKind,
    Signatory,
)
from reintegration.codelists.life_domains import Domain
from reintegration.codelists.people import Sex
from reintegration.kernel.actor import Actor
from reintegration.plans.models import Milestone, Plan
from reintegration.plans.queries import needs as reading
from reintegration.plans.services import approval, milestones, planning, reviewing
from reintegration.plans.services import needs as needs_service
from reintegration.plans.states import OPEN_MILESTONE_STATES, MilestoneState
from vouchers.voucher.models import Redemption, Voucher
from vouchers.voucher.services import cancelling, confirmation
from vouchers.voucher.states import NOT_ISSUED, OPEN_STATES, RedemptionState

_CONSENT_DAYS = 365
_NEXT_REVIEW = timedelta(days=60)
_SPEAKS_UKRAINIAN = 8
_CHANNELS = tuple(ContactChannel)
_REASONS = (
    ClosureReason.GOALS_ACHIEVED,
    ClosureReason.PARTIAL,
    ClosureReason.RELOCATED,
    ClosureReason.SUPPORT_PERIOD_ENDED,
)


def facts_of(spec: CaseSpec) -> CaseFacts:
    """Return what helps to find services for a person."""
    channel = _CHANNELS[spec.number % len(_CHANNELS)]
    return CaseFacts(
        language=UKRAINIAN if spec.number == _SPEAKS_UKRAINIAN else spec.language.value,
        sex=Sex.FEMALE if spec.female else Sex.MALE,
        birth_year=spec.birth_year,
        territorial_unit=spec.unit,
        dependants=spec.dependants,
        access_needs=spec.access,
        contact_channel=channel,
        contact_hours="" if channel is ContactChannel.NONE else "10:00-13:00",
    )


def identity_of(world: World, spec: CaseSpec) -> Identity:
    """Return the vault's content: a person who does not exist."""
    return Identity(
        given_name=spec.name.given,
        family_name=spec.name.family,
        birth_date=date(spec.birth_year, spec.number % 12 + 1, spec.number % 27 + 1),
        document_number=draw_identifier(world.rng),
        phone=draw_phone(world.rng),
        address=f"{locality(spec.unit)}, {address(world.rng)}",
    )


def signatory_of(world: World, spec: CaseSpec) -> Signatory:
    """Return who agrees: for a child the guardianship authority."""
    grown = world.day.year - spec.birth_year > OF_AGE
    return Signatory.PERSON if grown else Signatory.AUTHORITY


class CaseStory:
    """One case and its manager."""

    def __init__(self, world: World, spec: CaseSpec) -> None:
        self.world, self.spec, self.papers = world, spec, Papers(world)
        self.works = lines_of(spec)
        self.consent_until = world.today
        self.case: CaseFile
        self.writer: PlanWriter
        self.plan: Plan

    def tell(self) -> Story:
        """Live the case."""
        yield at(self.world.ago(self.spec.opened), 9 + self.spec.number % 6)
        self._open()
        yield from self.go_on()

    def go_on(self) -> Story:
        """Live the case from its first talk on."""
        self._agree()
        yield self._later(1)
        self._note(0)
        if self.spec.kind == "intake":
            self._write_needs(1)
            return
        self._write_needs(3)
        yield self._later(2)
        self.plan = self.writer.write_plan(self.works)
        if self.spec.kind == "draft":
            return
        yield self._later(1, hours=2)
        self._submit()
        if self.spec.kind == "submitted":
            yield from self._send_again()
            return
        yield self._later(1, hours=3)
        yield from self._decide()
        if self.spec.kind not in WITH_VOUCHERS:
            return
        yield from self._work()

    def _work(self) -> Story:
        asking = Asking(self.world, self.spec, self.case)
        yield from asking.arrange(self.works)
        for work in self.works:
            for voucher in work.vouchers:
                story = VoucherStory(self.world, self.spec, work, voucher, self._consent_end)
                self.world.timeline.start(story.tell())
            if work.is_spare:
                self.world.timeline.start(asking.spare(work))
        self._note(1)
        self.world.timeline.start(self._renew())
        if self.spec.kind == "changed":
            yield max(at(self.world.ago(8), 12), self._later(1))
            self._change()
        elif self.spec.kind in ("follow_up", "closed"):
            yield from self._end(asking)
        if self.spec.consent == "withdrawn":
            yield max(at(self.world.ago(1), 17), self._later(0, hours=1))
            self._withdraw()
        elif self.spec.kind == "active":
            yield max(at(self.world.ago(30), 12), self._later(1))
            self._reach_one()
            self._note(2)
            if self.spec.number % 2 == 0:
                self._review()
            if self.spec.number % 10 == 8:
                self._note_danger()

    # --- consent ---------------------------------------------------------------------------

    def _agree(self) -> None:
        until = self.world.day + timedelta(days=_CONSENT_DAYS)
        if self.spec.consent == "soon" and until > self.world.today:
            until = self.world.today + timedelta(days=3 + self.spec.number % 11)
        scopes = [ConsentScope.CASE_MANAGEMENT, ConsentScope.SHARE_WITH_PROVIDER]
        if self.spec.number % 3:
            scopes.append(ConsentScope.CONTACT)
        if self.spec.number % 4:
            scopes.append(ConsentScope.ANONYMISED_STATISTICS)
        found = consent.record(
            self.world.session,
            actor=self.manager,
            case=self.case,
            scopes=scopes,
            mode=ConsentMode.ORAL if self.spec.number % 5 == 0 else ConsentMode.WRITTEN,
            signatory=signatory_of(self.world, self.spec),
            locale=self.spec.language,
            valid_until=until,
            now=self.world.now,
        )
        self.consent_until = until
        if self.spec.number % 4 == 1:
            self.papers.signed_form(found[0], self.manager)

    def _consent_end(self) -> date:
        return self.consent_until

    def _renew(self) -> Story:
        """Ask again some weeks before a consent ends."""
        again = at(self.consent_until - timedelta(days=60), 11)
        if self.spec.consent == "long" and self.spec.kind != "closed" and again > self.world.now:
            yield again
            self._agree()

    def _withdraw(self) -> None:
        found = self.world.session.scalars(
            select(Consent)
            .where(
                Consent.case_id == self.case.id,
                Consent.scope == ConsentScope.SHARE_WITH_PROVIDER,
                Consent.withdrawn_at.is_(None),
            )
            .order_by(Consent.given_at)
        ).first()
        if found is not None:
            consent.withdraw(
                self.world.session, found, actor=self.manager, case=self.case, now=self.world.now
            )

    # --- the plan --------------------------------------------------------------------------

    def _open(self) -> None:
        self.case = registration.register(
            self.world.session,
            actor=self.manager,
            now=self.world.now,
            facts=facts_of(self.spec),
            identity=identity_of(self.world, self.spec),
        )
        self.begin(self.case)

    def begin(self, case: CaseFile) -> None:
        """Take on a case that is open already."""
        self.case = case
        self.world.assign(case)
        self.writer = PlanWriter(self.world, self.spec, case)

    def _write_needs(self, least: int) -> None:
        wanted = dict.fromkeys(work.domain for work in self.works)
        for domain in Domain:
            if len(wanted) < least:
                wanted.setdefault(domain)
        self.writer.write_needs(wanted)

    def _submit(self) -> None:
        approval.submit(
            self.world.session,
            self.plan,
            actor=self.manager,
            revision=self.plan.revision,
            now=self.world.now,
        )

    def _decide(self) -> Story:
        number = self.plan.versions[-1].number if self.plan.versions else 1
        if self.spec.kind == "returned" or self.spec.number % 11 == 1:
            self._return()
            if self.spec.kind == "returned":
                return
            yield self._later(1)
            self._submit()
            yield self._later(0, hours=5)
            number = 2
        approval.approve(
            self.world.session, self.plan, actor=self.supervisor, number=number, now=self.world.now
        )

    def _send_again(self) -> Story:
        """Let every second plan that waits be one that was returned and mended."""
        if self.spec.number % 40 == 5:
            yield self._later(1, hours=3)
            self._return()
            yield self._later(2)
            self.writer.add_late_step(self.works[0].domain)
            self._submit()

    def _return(self) -> None:
        text = words.RETURNS[self.spec.number % len(words.RETURNS)]
        approval.send_back(
            self.world.session,
            self.plan,
            actor=self.supervisor,
            number=1,
            comment=text,
            now=self.world.now,
        )

    def _change(self) -> None:
        self.writer.add_late_step(self.works[0].domain)
        if self.spec.number % 40 == 16:
            self._submit()

    def _review(self) -> None:
        """Go through the plan with the person, and say when it is done again."""
        said = words.REVIEWS_RU if self.spec.russian else words.REVIEWS_RO
        reviewing.hold(
            self.world.session,
            self.plan,
            actor=self.manager,
            held_on=self.world.day,
            result=said[self.spec.number // 2 % len(said)],
            next_on=self.world.day + _NEXT_REVIEW,
            now=self.world.now,
        )

    def _reach_one(self) -> None:
        """Let the person's first open step be said to be reached, in every third case."""
        if self.spec.number % 3 == 0:
            for milestone in self._open_steps()[:1]:
                self._complete(milestone)
                self.papers.evidence(milestone, self.manager)

    def _complete(self, milestone: Milestone) -> None:
        said = words.phrases(
            self.spec.language, Domain(milestone.domain), self.spec.number
        ).evidence
        milestones.complete(
            self.world.session,
            milestone,
            actor=self.manager,
            evidence=said,
            on=self.world.day,
            now=self.world.now,
        )

    def _open_steps(self) -> list[Milestone]:
        found = self.world.session.scalars(
            select(Milestone)
            .where(Milestone.case_id == self.case.id, Milestone.state.in_(OPEN_MILESTONE_STATES))
            .order_by(Milestone.due_on, Milestone.created_at)
        )
        return list(found)

    # --- the end ---------------------------------------------------------------------------

    def _end(self, asking: Asking) -> Story:
        yield max(at(self.world.ago(72), 12), self._later(1))
        yield from asking.complete(self.works)
        steps = self._open_steps()
        for turn, milestone in enumerate(steps):
            self._finish_step(milestone, last=turn == len(steps) - 1)
        for need in reading.needs_of(self.world.session, self.case.id):
            needs_service.meet(self.world.session, need, actor=self.manager, now=self.world.now)
        case_moves.move(
            self.world.session, self.case, "follow_up", actor=self.manager, now=self.world.now
        )
        self._note(3)
        if self.spec.kind == "closed":
            yield max(at(self.world.ago(15 + self.spec.number % 40), 15), self._later(1))
            self._close()

    def _finish_step(self, milestone: Milestone, *, last: bool) -> None:
        if last and self.spec.number % 4 == 2:
            self._give_up(milestone, "not_complete", "A hotărât să amâne acest pas.")
        elif last and self.spec.number % 4 == 1 and not milestone.lines:
            self._give_up(milestone, "cancel", "Nu mai este nevoie.")
        elif milestone.state != MilestoneState.COMPLETED:
            self._complete(milestone)

    def _give_up(self, milestone: Milestone, move: str, reason: str) -> None:
        session, now = self.world.session, self.world.now
        milestones.give_up(
            session, milestone, actor=self.manager, move=move, reason=reason, now=now
        )

    def _close(self) -> None:
        session, now = self.world.session, self.world.now
        self._settle_what_is_open()
        planning.close(session, self.plan, actor=self.manager, now=now)
        reason = _REASONS[self.spec.number // 3 % len(_REASONS)]
        if self.spec.consent == "withdrawn":
            reason = ClosureReason.WITHDREW
        case_moves.close(session, self.case, actor=self.manager, reason=reason, now=now)

    def _settle_what_is_open(self) -> None:
        """Leave nothing open behind: deliveries are confirmed, vouchers and requests ended."""
        session, now = self.world.session, self.world.now
        mine = select(Voucher.id).where(Voucher.case_id == self.case.id)
        for found in session.scalars(
            select(Redemption).where(
                Redemption.voucher_id.in_(mine), Redemption.state == RedemptionState.UNCONFIRMED
            )
        ).all():
            confirmation.confirm(session, found, actor=self.manager, now=now)
        unended = OPEN_STATES | NOT_ISSUED
        for voucher in session.scalars(
            select(Voucher).where(Voucher.case_id == self.case.id, Voucher.state.in_(unended))
        ).all():
            cancelling.cancel(
                session, voucher, actor=self.manager, reason="Cazul se închide.", now=now
            )
        for referral in session.scalars(
            select(Referral).where(
                Referral.case_id == self.case.id, Referral.state.in_(OPEN_REFERRALS)
            )
        ).all():
            referrals.cancel(
                session, referral, actor=self.manager, reason="Cazul se închide.", now=now
            )

    # --- small things ----------------------------------------------------------------------

    def _note(self, turn: int) -> None:
        listed = words.NOTES_RU if self.spec.russian else words.NOTES_RO
        kinds = (NoteKind.CONTACT, NoteKind.DECISION, NoteKind.OBSERVATION, NoteKind.CONTACT)
        self._write_note(kinds[turn], listed[(self.spec.number + turn * 2) % len(listed)])

    def _note_danger(self) -> None:
        text = words.DANGER_RU if self.spec.russian else words.DANGER_RO
        self._write_note(NoteKind.SAFETY, text)

    def _write_note(self, kind: NoteKind, body: str) -> None:
        session, now = self.world.session, self.world.now
        notes.write(session, actor=self.manager, case=self.case, kind=kind, body=body, now=now)

    def _later(self, days: int, *, hours: int = 0) -> datetime:
        return self.world.now + timedelta(days=days, hours=hours)

    @property
    def manager(self) -> Actor:
        """Return the case manager as they act now."""
        return self.world.actor(self.spec.manager)

    @property
    def supervisor(self) -> Actor:
        """Return the supervisor as they act now."""
        return self.world.actor(self.spec.supervisor)
