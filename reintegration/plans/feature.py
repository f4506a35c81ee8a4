"""How casework joins the house."""

from flask import Flask

from reintegration.accounts.services import actors
from reintegration.kernel import permissions
from reintegration.plans.policy import POLICY
from reintegration.plans.queries.cases import caseload_of
from reintegration.plans.views import bp


def register(app: Flask) -> None:
    """Add pages, jobs and rules."""
    permissions.register(POLICY)
    actors.provide_caseload(caseload_of)
    app.register_blueprint(bp)
