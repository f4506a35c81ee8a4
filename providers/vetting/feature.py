"""How vetting joins the house."""

from flask import Flask

from providers.directory.permissions import ProviderPermission
from providers.directory.queries import directory
from providers.vetting.cli import providers_cli
from providers.vetting.jobs import JOBS
from providers.vetting.permissions import VettingPermission
from providers.vetting.policy import POLICY
from providers.vetting.services import closing, document_papers, would_change
from providers.vetting.services.imports import tasks
from providers.vetting.views import checks, imports, today, vetting
from providers.vetting.views.blueprints import checks_bp, imports_bp, vetting_bp
from reintegration.accounts.services.organisations import OrganisationClosed
from reintegration.kernel import hooks, jobs, permissions
from reintegration.kernel.errors import N_
from reintegration.kernel.tasks import register_task
from reintegration.papers import holders
from reintegration.web import bringing, navigation, slots
from reintegration.web.bringing import Entry
from reintegration.web.navigation import Place

PAGES = (checks, imports, vetting)
"""Importing them adds their addresses."""
PREVIEWS = (would_change,)
"""Importing it says what another value of a rule would change."""


def register(app: Flask) -> None:
    """Add pages, commands, jobs and rules."""
    permissions.register(POLICY)
    holders.register(document_papers.HOLDER)
    for blueprint in (vetting_bp, checks_bp, imports_bp):
        app.register_blueprint(blueprint)
    app.cli.add_command(providers_cli)
    for job in JOBS:
        jobs.register(job)
    register_task(tasks.CHECK, tasks.run_check)
    register_task(tasks.WRITE, tasks.run_write)
    hooks.subscribe(OrganisationClosed, closing.end_approvals, preview=closing.would_end_approvals)
    slots.add("offering.moves", checks.moves_of)
    slots.add("today.items", today.items)
    slots.add("today.days", today.days)
    bringing.announce(_IN)
    navigation.add(*_PLACES)


_IN = Entry(
    N_("Import providers"),
    N_("One row for each service at each site. Each service waits for a check."),
    20,
    ProviderPermission.IMPORT,
    "provider_imports.upload",
    directory.how_many,
)
_PLACES = (
    Place("vetting.queue", N_("Vetting"), VettingPermission.LIST, 49, count=today.count_vetting),
    Place("provider_imports.upload", N_("Import providers"), ProviderPermission.IMPORT, 80),
)
