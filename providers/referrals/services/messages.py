"""Telling each side about a referral. What leaves the house says nothing but: sign in."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from providers.directory.models import Provider
from providers.referrals.models import Referral
from reintegration.accounts.queries import people
from reintegration.accounts.services import inbox
from reintegration.accounts.services.inbox import Message
from reintegration.cases.models import CaseFile
from reintegration.cases.services.team import is_current
from reintegration.cases.services.telling import told
from reintegration.kernel import outbox
from reintegration.kernel.actor import Role
from reintegration.kernel.clock import local_day
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.errors import N_
from reintegration.kernel.message_texts import MessageText, Outgoing, in_three

_SUBJECT = in_three("Solicitare", "Запрос", "Request")
NEW_REQUEST = Outgoing(
    "request_new",
    N_("Notice of a new request, to a provider"),
    MessageText(
        _SUBJECT,
        in_three(
            "Aveți o solicitare nouă. Intrați în cont pentru a o citi.",
            "У вас новый запрос. Войдите в систему, чтобы прочитать его.",
            "You have a new request. Sign in to read it.",
        ),
    ),
    to_all=True,
)
CHANGED_REQUEST = Outgoing(
    "request_changed",
    N_("Notice that a request changed, to a provider"),
    MessageText(
        _SUBJECT,
        in_three(
            "O solicitare s-a schimbat. Intrați în cont pentru a o citi.",
            "Один из запросов изменился. Войдите в систему, чтобы прочитать его.",
            "A request has changed. Sign in to read it.",
        ),
    ),
    to_all=True,
)
_READERS = (Role.PROVIDER_COORDINATOR, Role.PROVIDER_MANAGER)


SAID_BEFORE = (
    N_("A service of %(provider)s is suspended. See what is needed now."),
    N_("You have a new request. Please answer within three days."),
)
"""What inboxes still hold and nobody is told any more: it keeps its words in every language."""


def tell_provider(
    session: Session, referral: Referral, event: str, mail: Outgoing, message: str, *, now: datetime
) -> None:
    """Put neutral words into the provider's mail and inboxes."""
    provider = session.get_one(Provider, referral.provider_id)
    key = f"referral:{referral.id}:{event}"
    if provider.email:
        outbox.mail(session, mail.written(local_day(now)), to=provider.email, key=key, now=now)
    readers = people.provider_people(session, referral.provider_id, *_READERS)
    inbox.notify(session, readers, key, message, now=now, link=f"/requests/{referral.id}")


def tell_services(
    session: Session,
    referrals: Collection[Referral],
    event: str,
    message: str,
    *,
    now: datetime,
    **more: str,
) -> None:
    """Tell the managers of cases of one service each, by case, service and provider.

    It leads to who fits. The same service is told of once, however many requests stand on it: an
    offering may have thousands, so cases and messages are asked for and written together.
    """
    with acting_as_system(session):
        cases = _cases_of(session, referrals)
    messages: list[Message] = []
    for referral in referrals:
        case = cases[referral.case_id]
        messages += told(
            case,
            [case.manager_id],
            f"line:{referral.plan_line_id}:{event}",
            message,
            link=f"/providers/match/{referral.plan_line_id}",
            service=referral.offering.name,
            provider=referral.offering.provider.name,
            **more,
        )
    inbox.put(session, messages, now=now)


def _cases_of(session: Session, referrals: Collection[Referral]) -> dict[UUID, CaseFile]:
    wanted = {referral.case_id for referral in referrals}
    cases = select(CaseFile).where(CaseFile.id.in_(wanted)).options(lazyload(CaseFile.members))
    return {case.id: case for case in session.scalars(cases)}


def tell_case(
    session: Session, referral: Referral, event: str, message: str, *, now: datetime
) -> None:
    """Tell the case's manager, and who asked while they still work on it.

    The provider who answers may not see them.
    """
    with acting_as_system(session):
        case = session.get_one(CaseFile, referral.case_id)
        team = {member.user_id for member in case.members if is_current(member, now)}
    readers = {case.manager_id} | ({referral.requested_by} & team)
    provider = session.get_one(Provider, referral.provider_id)
    key, link = f"referral:{referral.id}:{event}", f"/referrals/{referral.id}"
    inbox.notify(session, readers, key, message, now=now, link=link, provider=provider.name)
