"""Terms: reminders before a document or an approval ends; its end stops what a suspension stops."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import chain
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from providers.directory.models import Offering, Provider, VettingDocument
from providers.directory.queries.documents import best_of, documents_end
from providers.vetting.queries import vetting
from providers.vetting.services.offering_events import OfferingEnds, OfferingsLapsed
from providers.vetting.services.vetting import OFFERING
from reintegration.accounts.queries import people
from reintegration.accounts.queries.inbox import told_under
from reintegration.accounts.services import inbox
from reintegration.kernel import clock, hooks
from reintegration.kernel.actor import SYSTEM, Role
from reintegration.kernel.dated_rules import Area, DatedRule
from reintegration.kernel.errors import N_
from reintegration.kernel.rule_kinds import Stages

REMIND_BEFORE = DatedRule(
    code="vetting.document_told_before",
    title=N_("The end of a document is told"),
    says=N_("So many days before its end officers and managers hear of a document, each once."),
    area=Area.PROVIDERS,
    decided_by=Role.SUPERVISOR,
    kind=Stages(366),
    initially=(90, 30, 7),
)
ENDS_BEFORE = DatedRule(
    code="vetting.approval_told_before",
    title=N_("The end of an approval is told"),
    says=N_("So many days before its end officers and managers hear of an approval, each once."),
    area=Area.PROVIDERS,
    decided_by=Role.SUPERVISOR,
    kind=Stages(180),
    initially=(30, 7),
)


def remind_documents(session: Session, *, now: datetime) -> int:
    """Tell officers and the provider's managers which documents end soon; return how many."""
    today = clock.local_day(now)
    officers = people.vetting_officers(session)
    reminded = 0
    providers = vetting.providers_with_documents_ending(
        session, today, today + timedelta(days=max(REMIND_BEFORE.on(today)))
    )
    managers = people.managers_of(session, [provider.id for provider in providers])
    for provider in providers:
        for document in best_of(provider.documents).values():
            if document.expires_on is None:
                continue
            left = (document.expires_on - today).days
            due = [days for days in REMIND_BEFORE.on(today) if 0 <= left <= days]
            if due:
                told = (officers, managers[provider.id])
                _remind(session, provider, document, min(due), told, now=now)
                reminded += 1
    return reminded


def expire_offerings(session: Session, *, now: datetime) -> int:
    """End the approvals whose own term, or a required document's, has passed; return how many."""
    today = clock.local_day(now)
    lapsed: dict[UUID, date] = {}
    ended: list[Offering] = []
    for offering in vetting.approved_with_documents(session):
        last = last_day(offering)
        if last is not None and last < today:
            OFFERING.fire(session, offering, "expire", actor=SYSTEM, now=now)
            offering.updated_at, offering.lapsed_on = now, last
            ended.append(offering)
            lapsed[offering.id] = last
    session.flush()
    if lapsed:
        _tell_expired(session, ended, now=now)
        hooks.announce(session, OfferingsLapsed(lapsed, now))
    return len(lapsed)


def remind_approvals(session: Session, *, now: datetime) -> int:
    """Tell who must act of the approvals that end soon, and the floors above; return how many.

    Once for each number of days: what hangs on an approval may be thousands of cases.
    """
    ending = {one.key: one for one in _ending(session, clock.local_day(now))}
    officers = people.vetting_officers(session)
    managers = people.managers_of(session, {one.offering.provider_id for one in ending.values()})
    readers = [*officers, *chain.from_iterable(managers.values())]
    for told_before in told_under(session, readers, ending):
        del ending[told_before]
    message = N_("The approval of “%(service)s” of %(provider)s ends on %(day)s. Renew it.")
    for key, (offering, last, days) in ending.items():
        provider = offering.provider
        told = {"service": offering.name, "provider": provider.name, "day": f"{last:%d.%m.%Y}"}
        for them, link in (
            (officers, f"/providers/vetting/{offering.id}"),
            (managers[provider.id], "/providers/mine"),
        ):
            inbox.notify(session, them, key, message, now=now, link=link, **told)
        hooks.announce(session, OfferingEnds(offering.id, last, days, now))
    return len(ending)


class _Ending(NamedTuple):
    """An approval that ends within a number of days, each of which is told once."""

    offering: Offering
    last: date
    days: int

    @property
    def key(self) -> str:
        return f"offering:{self.offering.id}:ends:{self.last}:{self.days}"


def _ending(session: Session, today: date) -> Iterator[_Ending]:
    for offering in vetting.approved_with_documents(session):
        last = last_day(offering)
        due = [days for days in ENDS_BEFORE.on(today) if last and 0 <= (last - today).days <= days]
        if last is not None and due:
            yield _Ending(offering, last, min(due))


def last_day(offering: Offering) -> date | None:
    """Return the last day on which an approval and all its documents hold; None: no end."""
    ends = (offering.approved_until, documents_end(offering, offering.provider.documents))
    return min((end for end in ends if end is not None), default=None)


def _remind(
    session: Session,
    provider: Provider,
    document: VettingDocument,
    threshold: int,
    told: tuple[Sequence[UUID], Sequence[UUID]],
    *,
    now: datetime,
) -> None:
    assert document.expires_on is not None
    key = f"document:{document.id}:{document.expires_on}:{threshold}"
    message = N_("A document of %(provider)s ends on %(day)s. Renew it before then.")
    day = document.expires_on.strftime("%d.%m.%Y")
    for readers, link in zip(told, (f"/providers/{provider.id}", "/providers/mine"), strict=True):
        inbox.notify(
            session, readers, key, message, now=now, link=link, provider=provider.name, day=day
        )


def _tell_expired(session: Session, ended: Sequence[Offering], *, now: datetime) -> None:
    message = N_("The approval of “%(service)s” of %(provider)s has ended.")
    officers = people.vetting_officers(session)
    managers = people.managers_of(session, {offering.provider_id for offering in ended})
    for offering in ended:
        readers = [*officers, *managers[offering.provider_id]]
        key = f"offering:{offering.id}:expired:{clock.local_day(now)}"
        told = {"service": offering.name, "provider": offering.provider.name}
        inbox.notify(session, readers, key, message, now=now, **told)
