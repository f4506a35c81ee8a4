"""How referrals join the house."""

from flask import Flask

from providers.directory.queries.directory import sites_revealed_to
from providers.referrals.jobs import EXPIRE_REFERRALS
from providers.referrals.permissions import ReferralPermission as P
from providers.referrals.policy import POLICY
from providers.referrals.queries.referrals import revealed_sites
from providers.referrals.services import stops, would_change
from providers.referrals.states import HAPPENED
from providers.referrals.views import matching, open_work, plan_slots, referrals, requests, today
from providers.referrals.views.blueprints import matching_bp, referrals_bp, requests_bp
from providers.vetting.services.offering_events import (
    OfferingEnds,
    OfferingsLapsed,
    OfferingSuspended,
)
from reintegration.cases.queries import cases
from reintegration.cases.services import case_moves
from reintegration.cases.services.consent import ConsentsLapsed, ConsentWithdrawn
from reintegration.cases.services.erasure import PersonErased
from reintegration.kernel import hooks, jobs, outbox, permissions
from reintegration.kernel.errors import N_
from reintegration.plans.queries import provision
from reintegration.web import navigation, slots
from reintegration.web.navigation import Place

PAGES = (matching, referrals, requests)
"""Importing them adds their addresses."""
PREVIEWS = (would_change,)
"""Importing it says what another value of a rule would change."""


def register(app: Flask) -> None:
    """Add pages, jobs, hooks and rules."""
    permissions.register(POLICY)
    for blueprint in (matching_bp, referrals_bp, requests_bp):
        app.register_blueprint(blueprint)
    jobs.register(EXPIRE_REFERRALS)
    sites_revealed_to.answer_with(revealed_sites)
    hooks.subscribe(
        ConsentWithdrawn, stops.stop_without_consent, preview=stops.preview_without_consent
    )
    hooks.subscribe(
        ConsentsLapsed, stops.stop_without_consent, preview=stops.preview_without_consent
    )
    hooks.subscribe(
        OfferingSuspended,
        stops.stop_at_suspended_offering,
        preview=stops.preview_suspended_offering,
    )
    hooks.subscribe(
        OfferingsLapsed, stops.stop_at_lapsed_offerings, preview=stops.preview_lapsed_offerings
    )
    hooks.subscribe(PersonErased, stops.forget_words, preview=hooks.says_nothing)
    hooks.subscribe(OfferingEnds, stops.warn_of_end, preview=stops.would_warn)
    outbox.call("referral", N_("A request to a provider"))
    slots.add("plan_line.actions", plan_slots.line_actions)
    slots.add("plan_service.who_fits", plan_slots.who_fits)
    provision.open_on_line.answer_with(plan_slots.open_on_line)
    case_moves.open_in_case.answer_with(plan_slots.open_in_case)
    slots.add("today.items", today.items)
    slots.add("person.open_work", open_work.of_referrals)
    slots.add("today.days", today.days)
    cases.show_in_history(HAPPENED)
    navigation.add(*_PLACES)


_PLACES = (
    Place("referrals.index", N_("Referrals"), P.LIST, 30),
    Place("requests.index", N_("Requests"), P.LIST_REQUESTS, 30, count=today.count_requests),
)
