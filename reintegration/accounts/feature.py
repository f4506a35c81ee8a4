"""How accounts join the house."""

from flask import Flask

from reintegration.accounts.cli import ABOUT_IMPORT, user_cli, users_cli
from reintegration.accounts.jobs import (
    FORGET_BROWSERS,
    FORGET_DEVICES,
    WARN_OF_DEPUTIES,
    WARN_OF_EMPTY_ROLES,
    WARN_OF_TOKENS,
)
from reintegration.accounts.models import SecondFactor
from reintegration.accounts.permissions import AccountPermission as P
from reintegration.accounts.policy import POLICY
from reintegration.accounts.services import actors, would_change
from reintegration.accounts.views import (
    bp,
    bringing,
    credentials,
    deputies,
    desk_devices,
    doers,
    first_things,
    guide,
    identity,
    inbox,
    links,
    open_work,
    organisations,
    own,
    passkeys,
    second_factor,
    sign_in,
    today,
    today_access,
    today_deputies,
    trail,
    users,
)
from reintegration.kernel import crypto, jobs, outbox, permissions, sealed
from reintegration.kernel.errors import N_
from reintegration.web import bringing as registry
from reintegration.web import credentials as proofs
from reintegration.web import navigation, slots
from reintegration.web.bringing_commands import import_command
from reintegration.web.navigation import Place

PAGES = (
    bringing,
    deputies,
    desk_devices,
    doers,
    guide,
    inbox,
    open_work,
    links,
    organisations,
    own,
    passkeys,
    second_factor,
    sign_in,
    today,
    trail,
    users,
)  # importing them adds their addresses
PREVIEWS = (would_change,)
"""Importing it says what another value of a rule would change."""


def register(app: Flask) -> None:
    """Add pages, commands, jobs and rules."""
    permissions.register(POLICY)
    sealed.register(crypto.FACTOR, SecondFactor.sealed, SecondFactor.user_id)
    for kind in credentials.TABLE:
        proofs.register(kind)
    identity.init_app(app)
    first_things.init_app(app)
    doers.init_app(app)
    app.register_blueprint(bp)
    app.add_url_rule("/", "front", today.front)
    app.register_blueprint(bringing.people_bp)
    registry.register(bringing.PEOPLE)
    registry.who_started.answer_with(actors.who_started)
    users_cli.add_command(import_command(bringing.PEOPLE, ABOUT_IMPORT))
    for commands in (user_cli, users_cli):
        app.cli.add_command(commands)
    outbox.register(links.CHANNEL)
    for job in _JOBS:
        jobs.register(job)
    slots.add("today.items", today_access.items)
    slots.add("today.items", today_deputies.items)
    slots.add("today.days", today.told)
    slots.add("person.open_work", open_work.of_accounts)
    navigation.add(*_PLACES)


_JOBS = (WARN_OF_TOKENS, WARN_OF_DEPUTIES, WARN_OF_EMPTY_ROLES, FORGET_BROWSERS, FORGET_DEVICES)
_PLACES = (
    Place("accounts.today", N_("Today"), P.OWN_ACCOUNT, 10),
    Place("accounts.user_list", N_("People"), P.MANAGE_USERS, 85, within=("accounts.user_",)),
    Place(
        "accounts.organisation_list",
        N_("Organisations"),
        P.MANAGE_ORGANISATIONS,
        86,
        within=("accounts.organisation_",),
    ),
    Place("accounts.bring_in", N_("Bring data in"), P.MANAGE_USERS, 87, within=("users_import.",)),
    Place(
        "accounts.devices",
        N_("Devices of the desk"),
        P.MAKE_DEVICE_CODE,
        93,
        within=("accounts.device_",),
    ),
    Place("accounts.audit", N_("Audit trail"), P.READ_AUDIT, 90),
    Place("accounts.inbox", N_("Inbox"), P.OWN_ACCOUNT, 95, count=inbox.unread),
)
