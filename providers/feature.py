"""How providers join the house."""

from flask import Flask

import providers.models
from providers.cli import providers_cli
from providers.jobs import JOBS
from providers.permissions import (
    PayeePermission,
    ProviderPermission,
    ReferralPermission,
    VettingPermission,
)
from providers.policy import POLICY
from providers.services import stops
from providers.services.imports import tasks
from providers.services.offering_events import OfferingSuspended
from providers.views import (
    BLUEPRINTS,
    directory,
    imports,
    matching,
    panels,
    payees,
    profile,
    referrals,
    requests,
    vetting,
)
from reintegration.cases.services.consent import ConsentWithdrawn
from reintegration.kernel import hooks, jobs, permissions
from reintegration.kernel.errors import N_
from reintegration.web import navigation, slots
from reintegration.web.navigation import Place

MODELS = providers.models
PAGES = (directory, imports, matching, payees, profile, referrals, requests, vetting)
"""Importing them adds their addresses."""


def register(app: Flask) -> None:
    """Add pages, commands, jobs, hooks and rules."""
    permissions.register(POLICY)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.cli.add_command(providers_cli)
    for job in JOBS:
        jobs.register(job)
    jobs.register_task(tasks.CHECK, tasks.run_check)
    jobs.register_task(tasks.WRITE, tasks.run_write)
    hooks.subscribe(
        ConsentWithdrawn, stops.stop_without_consent, preview=stops.preview_without_consent
    )
    hooks.subscribe(
        OfferingSuspended,
        stops.stop_at_suspended_offering,
        preview=stops.preview_suspended_offering,
    )
    slots.add("plan_line.actions", panels.line_actions)
    slots.add("plan_line.exposure", panels.line_exposure)
    slots.add("case.exposure", panels.case_exposure)
    slots.add("today.items", panels.today_items)
    for place in _PLACES:
        navigation.add(place)


_PLACES = (
    Place("referrals.index", N_("Referrals"), ReferralPermission.LIST, 30),
    Place(
        "requests.index",
        N_("Requests"),
        ReferralPermission.LIST_REQUESTS,
        30,
        count=panels.count_requests,
    ),
    Place("vetting.queue", N_("Vetting"), VettingPermission.LIST, 49, count=panels.count_vetting),
    Place("providers.index", N_("Providers"), ProviderPermission.LIST, 50),
    Place("providers.mine", N_("Our services"), ProviderPermission.VIEW_OWN, 51),
    Place("payees.index", N_("Accounts of providers"), PayeePermission.LIST, 52),
    Place("provider_imports.upload", N_("Import providers"), ProviderPermission.IMPORT, 80),
)
