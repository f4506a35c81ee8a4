"""Reading consents: what holds today, and for whom."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reintegration.accounts.models import Organisation
from reintegration.accounts.queries import users
from reintegration.cases.models import CaseFile, Consent
from reintegration.cases.permissions import CasePermission
from reintegration.cases.states import CaseState, ConsentScope, ContactChannel
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import or_404
from reintegration.web.offers import Offer


def live_consent(
    session: Session, case_id: UUID, scope: ConsentScope, provider_id: UUID | None, today: date
) -> Consent | None:
    """Return the consent that covers `scope` for this provider today, or None.

    A consent for that provider goes first, then one for each provider that is chosen. A "no" to
    one provider outlives an older general "yes". The one that holds longest is returned.
    """
    return covering(consents_of(session, case_id), scope, provider_id, today)


def arranging_until(
    session: Session, case_id: UUID, provider_id: UUID | None, today: date
) -> date | None:
    """Return the last day on which something may be arranged at a provider; None: not today."""
    consents = consents_of(session, case_id)
    kept = covering(consents, ConsentScope.CASE_MANAGEMENT, None, today)
    shared = covering(consents, ConsentScope.SHARE_WITH_PROVIDER, provider_id, today)
    return min(kept.valid_until, shared.valid_until) if kept and shared else None


def is_kept(session: Session, case_id: UUID, today: date) -> bool:
    """Whether the person agrees today that a file is kept and a plan is worked on."""
    return live_consent(session, case_id, ConsentScope.CASE_MANAGEMENT, None, today) is not None


def agreed_contact(session: Session, case: CaseFile, today: date) -> tuple[ContactChannel, str]:
    """Return how and when the person may be reached: not at all without consent to be."""
    agreed = live_consent(session, case.id, ConsentScope.CONTACT, None, today)
    if agreed is None or case.contact_channel == ContactChannel.NONE:
        return ContactChannel.NONE, ""
    return case.contact_channel, case.contact_hours


def covering(
    consents: Iterable[Consent], scope: ConsentScope, provider_id: UUID | None, today: date
) -> Consent | None:
    """Return what `live_consent` returns, from consents that are at hand."""
    of_scope = [consent for consent in consents if consent.scope == scope]
    own = [c for c in of_scope if provider_id is not None and c.provider_id == provider_id]
    refused = max((c.withdrawn_at for c in own if c.withdrawn_at is not None), default=None)
    general = [
        c for c in of_scope if c.provider_id is None and (refused is None or c.given_at > refused)
    ]
    for candidates in (own, general):
        live = [consent for consent in candidates if consent.is_live(today)]
        if live:
            return max(live, key=lambda consent: (consent.valid_until, consent.given_at))
    return None


def consents_of(session: Session, case_id: UUID) -> Sequence[Consent]:
    """Return every consent of a case, newest first."""
    return session.scalars(
        select(Consent)
        .where(Consent.case_id == case_id)
        .order_by(Consent.given_at.desc(), Consent.scope)
    ).all()


def consent_or_404(session: Session, actor: Actor, case_id: UUID, consent_id: UUID) -> Consent:
    """Return a consent of a case of the caseload, or raise NotFound."""
    within = permissions.visible(actor, Consent, CasePermission.VIEW)
    found = within.where(Consent.id == consent_id, Consent.case_id == case_id)
    return or_404(session.scalar(found))


def consented_until(session: Session, case_ids: Iterable[UUID], today: date) -> dict[UUID, date]:
    """Return the last day of the live consent to keep a file, by case."""
    return dict(
        session.execute(
            select(Consent.case_id, func.max(Consent.valid_until))
            .where(
                Consent.case_id.in_(list(case_ids)),
                Consent.scope == ConsentScope.CASE_MANAGEMENT,
                Consent.withdrawn_at.is_(None),
                Consent.valid_until >= today,
            )
            .group_by(Consent.case_id)
        ).all()
    )


def providers(session: Session, *, search: str, chosen: object) -> Offer[Organisation]:
    """Offer the providers that a consent can be narrowed to, by name."""
    active = Organisation.active.is_(True)
    return users.providers(session, active, search=search, chosen=chosen)


def ending_soon(
    session: Session, actor: Actor, today: date, within: timedelta, *, limit: int
) -> Sequence[tuple[UUID, str, date]]:
    """Return cases (id, code, last day) whose consent to keep a file ends `within` that time.

    One that has ended stays until it is given anew, or the case is closed.
    """
    last = func.max(Consent.valid_until)
    return session.execute(
        select(CaseFile.id, CaseFile.code, last)
        .join(Consent, Consent.case_id == CaseFile.id)
        .where(
            permissions.where(actor, CaseFile, CasePermission.VIEW),
            CaseFile.state != CaseState.CLOSED,
            Consent.scope == ConsentScope.CASE_MANAGEMENT,
            Consent.withdrawn_at.is_(None),
        )
        .group_by(CaseFile.id, CaseFile.code)
        .having(last <= today + within)
        .order_by(last, CaseFile.code)
        .limit(limit)
    ).all()
