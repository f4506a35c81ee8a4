"""Loading the demo: everything or nothing, as the owner of the tables, through the services."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine, select, text, update
from sqlalchemy import event as sa_event
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from demo import categories, coming_in, in_euro, logins, rulebook
from demo.bank import Bank
from demo.cases import CaseStory
from demo.deputies import stand_ins
from demo.funds import open_funds, publish_rates
from demo.lately import clear_old_mail, recent_claims
from demo.limits import limits
from demo.months import close_the_months
from demo.nights import NightStory
from demo.payments import CYCLES, Payments
from demo.people import make_people
from demo.providers import account_moves, make_providers, tokens, vetting_of_late
from demo.specs import draw_cases
from demo.stripe import Stripe
from demo.timeline import at
from demo.world import YEAR, World
from providers.referrals.services import stops
from providers.vetting.services import expiry
from reintegration.accounts.models import Organisation, User
from reintegration.accounts.services import passwords
from reintegration.accounts.services import tokens as api_tokens
from reintegration.cases.services import consent_ends
from reintegration.codelists.proof_kinds import ProofKind
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel import audit_chain, clock, collector, filling, gathering, jobs, tries
from reintegration.kernel.actor import OPERATOR
from reintegration.kernel.audit import AuditSeal
from reintegration.kernel.base import Base
from reintegration.kernel.db import act_as, db, keyring
from reintegration.kernel.ids import new_id
from reintegration.operations.simulated import HISTORY
from reintegration.plans.jobs.emergency import remind as remind_of_emergencies
from reintegration.plans.services import milestones, reminders
from reintegration.rulebook.models import RulebookEdition
from reintegration.settings import Settings
from vouchers.books.services.laws import broken
from vouchers.payments.services import rails
from vouchers.payments.states import Rail
from vouchers.stripe_rail.jobs import SWEEP
from vouchers.voucher.services.expiry import expire_due as expire_vouchers

Tell = Callable[[str], None]
_BEFORE_THE_YEAR = 12  # percent of the work
_STATEMENTS = 1_000
_FIRST_SWEEP, _SWEPT_EVERY = 351, timedelta(days=25)
"""The last sweep is that of yesterday: nobody has heard yet of the order that left after it."""


class DemoBroken(Exception):
    """What was loaded does not hold; nothing of it is kept."""


def say(sentence: str) -> None:
    """Show how far it is, beside the answer."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


@contextmanager
def owner_session(settings: Settings) -> Iterator[Session]:
    """Open a session of the owner's role, and let slots of the pages ask through it as well."""
    engine, fleeting = _owner_engine(settings), _fleeting_tries(settings)
    with Session(engine, info={"keyring": settings.new_keyring()}) as session:
        act_as(session, OPERATOR)
        tries.count_in(session, fleeting)
        db.session.remove()
        db.session.registry.set(session)  # type: ignore[arg-type]  # pages use no more of it
        try:
            yield session
        finally:
            session.rollback()
            db.session.registry.clear()
            session.close()
            fleeting.dispose()
            engine.dispose()


def _owner_engine(settings: Settings) -> Engine:
    """Return an engine that keeps every statement of the many services prepared."""
    engine = create_engine(settings.database_owner_url)

    @sa_event.listens_for(engine, "connect")
    def keep_prepared(connection: psycopg.Connection[Any], _record: object) -> None:
        connection.prepared_max = _STATEMENTS

    return engine


def _fleeting_tries(settings: Settings) -> Engine:
    """Return an engine with counters of its own that go with it: nobody guesses PINs here."""
    engine = create_engine(
        settings.database_owner_url, poolclass=StaticPool, isolation_level="AUTOCOMMIT"
    )
    with engine.begin() as connection:
        connection.execute(
            text("CREATE TEMPORARY TABLE try_counter (LIKE public.try_counter INCLUDING ALL)")
        )
    return engine


def is_empty(session: Session) -> bool:
    """Whether nobody has put anything in yet."""
    return session.scalar(select(Organisation.id).limit(1)) is None


def load(session: Session, settings: Settings, *, scale: float, tell: Tell = say) -> World:
    """Live a year in one transaction; the file of sign-ins appears when all of it is there."""
    with collector.paused(), gathering.gathered(session), rails.kept_on(Rail.STRIPE_TRANSFER):
        world = live(
            session,
            clock.local_day(clock.now()),
            scale,
            tell=tell,
            tell_percent=lambda percent: filling.tell(settings.instance, percent),
        )
        logins.write_draft(settings.instance, world.logins)
        world.stripe.write(settings.instance / HISTORY)
        _forget_former_trail(session, settings)
        jobs.skip_slot(session, SWEEP, now=clock.now())  # the year was swept as it was lived
        session.commit()
    logins.publish(settings.instance)
    filling.done(settings.instance)
    tell("Sealing the audit trail")
    while audit_chain.seal(session, keyring(session), now=clock.now(), log=settings.audit_log):
        session.commit()
    session.commit()
    return world


def live(
    session: Session,
    today: date,
    scale: float,
    *,
    tell: Tell,
    tell_percent: Callable[[int], None] = lambda _percent: None,
) -> World:
    """Make the world and let its stories run, without committing; raise DemoBroken."""
    tell_percent(0)
    world = World.begin(session, today, scale)
    world.timeline.now = at(world.ago(YEAR + 35), 10)
    tell("Opening offices and accounts")
    make_people(world)
    tell("Vetting providers")
    make_providers(world)
    world.timeline.now = at(world.ago(YEAR), 9)
    open_funds(world)
    _start_stories(world)
    begun = world.now
    world.timeline.run(_all_told(_month_teller(tell), _percent_teller(begun, world, tell_percent)))
    _finish(world)
    failures = broken(session)
    if failures:
        raise DemoBroken("; ".join(str(failure) for failure in failures))
    close_the_months(world)
    return world


def finish(session: Session, settings: Settings) -> None:
    """Let the sign-ins appear where a load was killed between its commit and that."""
    drafted = logins.draft_of(settings.instance)
    if drafted:
        first = session.scalar(select(User).where(User.email == drafted[0].email))
        if first is not None and passwords.matches(first.password_hash, drafted[0].password):
            logins.publish(settings.instance)


def reset(session: Session) -> None:
    """Empty every table; until the commit of what comes instead, everybody else sees the old.

    What the migrations filled stays. Each process hears that the rules of before are gone.
    """
    filled = {RulebookEdition.__tablename__, ServiceCategory.kept_in, ProofKind.kept_in}
    names = ", ".join(
        f'"{table.name}"' for table in Base.metadata.sorted_tables if table.name not in filled
    )
    session.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    session.execute(update(RulebookEdition).values(edition=new_id()))
    act_as(session, OPERATOR)  # hears that no rule is set any more
    session.flush()


def _forget_former_trail(session: Session, settings: Settings) -> None:
    """Remove checkpoints of a trail that is gone; while it is only going, nobody can add any."""
    if session.scalar(select(AuditSeal.position).limit(1)) is None:
        settings.audit_log.unlink(missing_ok=True)


def _start_stories(world: World) -> None:
    bank = Bank(world)
    stripe = Stripe(world, bank)
    office = Payments(world, bank, stripe)
    timeline = world.timeline
    timeline.start(publish_rates(world))
    timeline.start(bank.grants())
    timeline.start(stripe.top_ups())
    for key in in_euro.FIRMS:
        timeline.start(in_euro.deliveries(world, key))
    timeline.start(vetting_of_late(world))
    timeline.start(tokens(world))
    timeline.start(rulebook.languages(world))
    timeline.start(rulebook.message_texts(world))
    timeline.start(rulebook.checklists(world))
    for spec in draw_cases(world):
        teller = NightStory(world, spec) if spec.emergency else CaseStory(world, spec)
        timeline.start(teller.tell())
    for number in range(CYCLES):
        timeline.start(office.cycle(number))
    timeline.start(recent_claims(world, office))
    timeline.start(account_moves(world))
    timeline.start(stand_ins(world))
    timeline.start(categories.changes(world))
    timeline.start(limits(world))
    timeline.start(coming_in.running_cases(world))
    timeline.start(coming_in.grant_of_before(world))
    timeline.start(coming_in.names_for_the_archive(world))
    first, day = world.ago(YEAR - 1), timedelta(days=1)
    timeline.every(at(first, 0, 10), day, lambda: expire_vouchers(world.session, world.now))
    timeline.every(
        at(first, 0, 20), day, lambda: consent_ends.end_lapsed(world.session, now=world.now)
    )
    timeline.every(at(first, 3), 3 * day, lambda: _follow(world))
    timeline.every(at(world.ago(30), 4), day, lambda: _sweep(world))
    timeline.every(at(world.ago(_FIRST_SWEEP), 3), _SWEPT_EVERY, stripe.sweep)


def _follow(world: World) -> None:
    world.forget_counters()
    milestones.follow_deliveries(world.session, now=world.now)


def _sweep(world: World) -> None:
    expiry.expire_offerings(world.session, now=world.now)
    stops.expire_referrals(world.session, now=world.now)


def _finish(world: World) -> None:
    """Let the jobs do what they would have done by this morning."""
    session, now = world.session, world.now
    _follow(world)
    expire_vouchers(session, now)
    reminders.remind(session, now=now)
    remind_of_emergencies(session, now)
    expiry.remind_documents(session, now=now)
    expiry.remind_approvals(session, now=now)
    consent_ends.warn_ahead(session, now=now)
    api_tokens.warn_ahead(session, now=now)
    session.flush()
    clear_old_mail(world)


def _month_teller(tell: Tell) -> Callable[[datetime], None]:
    told: set[str] = set()

    def hear(now: datetime) -> None:
        month = f"{clock.local_day(now):%Y-%m}"
        if month not in told:
            told.add(month)
            tell(f"Living through {month}")

    return hear


def _percent_teller(
    begun: datetime, world: World, tell: Callable[[int], None]
) -> Callable[[datetime], None]:
    """Say how much is done, from what offices and providers took on."""
    told = 0

    def hear(now: datetime) -> None:
        nonlocal told
        lived = (now - begun) / (world.timeline.end - begun)
        percent = _BEFORE_THE_YEAR + int((99 - _BEFORE_THE_YEAR) * lived)
        if percent > told:
            told = percent
            tell(percent)

    return hear


def _all_told(*ears: Callable[[datetime], None]) -> Callable[[datetime], None]:
    def hear(now: datetime) -> None:
        for ear in ears:
            ear(now)

    return hear
