"""What every page of one case shares: its tabs, its consents, and the one next step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from reintegration.cases.models import CaseFile, Consent
from reintegration.cases.queries import cases
from reintegration.cases.queries.consents import covering
from reintegration.cases.queries.identity import VaultState, vault_state
from reintegration.cases.states import CaseState, ConsentScope
from reintegration.kernel import clock, permissions
from reintegration.kernel.db import session
from reintegration.web import slots
from reintegration.web.current import current_actor
from reintegration.web.filters import day

RENEW_WITHIN = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do now, with its reason; texts are in words already.

    The first is shown as the one main action of the page; what is `urgent` comes before all else.
    """

    sentence: str
    reason: str = ""
    label: str = ""
    url: str = ""
    tone: str = "sky"
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Addition:
    """What a floor above adds to the page of a case, in the data slot `case.page` (case, actor).

    `beside` stands in the side column; `ways` are links with their labels, at its foot.
    """

    steps: Sequence[NextStep] = ()
    beside: str = ""
    ways: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of the case; the data slot `case.tabs` (case) adds more. `active` is its endpoint."""

    label: str
    url: str
    endpoint: str


def load_case(case_id: UUID) -> CaseFile:
    """Return the case of the address; outside the caseload there is nothing."""
    return cases.case_or_404(session(), current_actor(), case_id)


def may_write(case: CaseFile, permission: StrEnum) -> bool:
    """Whether somebody may change what belongs to a case: a closed one is read, not written."""
    return case.state != CaseState.CLOSED and permissions.permits(current_actor(), permission, case)


def shell(case: CaseFile, active: str) -> dict[str, Any]:
    """Return what the head of each page of a case needs; `active` is the endpoint of its tab."""
    own = [
        Tab(_("Overview"), url_for("cases.case_page", case_id=case.id), "cases.case_page"),
        *slots.collect("case.tabs", case=case),
        Tab(_("Notes"), url_for("cases.case_notes", case_id=case.id), "cases.case_notes"),
        Tab(_("Consent"), url_for("cases.case_consents", case_id=case.id), "cases.case_consents"),
        Tab(
            _("Name and details"),
            url_for("cases.case_identity", case_id=case.id),
            "cases.case_identity",
        ),
        Tab(_("Team"), url_for("cases.case_team", case_id=case.id), "cases.case_team"),
    ]
    return {
        "case": case,
        "identity_erased": vault_state(session(), case.id) is VaultState.ERASED,
        "case_tabs": [
            {"label": tab.label, "url": tab.url, "active": tab.endpoint == active} for tab in own
        ],
    }


def additions(case: CaseFile) -> list[Addition]:
    """Return what the floors above add to the page of a case."""
    return slots.collect("case.page", case=case, actor=current_actor())


def next_steps(
    case: CaseFile, consents: Sequence[Consent], added: Sequence[Addition], now: datetime
) -> list[NextStep]:
    """Return what to do, most urgent first; a closed case asks for nothing."""
    if case.state == CaseState.CLOSED:
        return []
    found = [*_consent_steps(case, consents, now), *(step for one in added for step in one.steps)]
    return sorted(found, key=lambda step: not step.urgent)


def _consent_steps(case: CaseFile, consents: Sequence[Consent], now: datetime) -> list[NextStep]:
    today = clock.local_day(now)
    url = url_for("cases.case_consents", case_id=case.id)
    keeping = covering(consents, ConsentScope.CASE_MANAGEMENT, None, today)
    if keeping is None:
        return [
            NextStep(
                _("Ask whether a file may be kept."),
                _("Without this consent the plan is not worked on, and nothing can be arranged."),
                _("Ask for consent"),
                url,
                "clay",
            )
        ]
    if keeping.valid_until - today <= RENEW_WITHIN:
        return [
            NextStep(
                _("Ask for consent again before %(day)s.", day=day(keeping.valid_until)),
                _("Services stop when consent ends."),
                _("Renew consent"),
                url,
                "gold",
            )
        ]
    if not _may_share(consents, now):
        return [
            NextStep(
                _("Ask whether a provider may be told what it needs."),
                _("Without this consent no provider can be asked and no voucher issued."),
                _("Ask for consent"),
                url,
                "gold",
            )
        ]
    return []


def _may_share(consents: Sequence[Consent], now: datetime) -> bool:
    today = clock.local_day(now)
    return any(
        consent.scope == ConsentScope.SHARE_WITH_PROVIDER and consent.is_live(today)
        for consent in consents
    )
