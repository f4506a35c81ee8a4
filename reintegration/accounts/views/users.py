"""Administration: people and their roles."""

from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.accounts.forms import DetailsForm, RolesForm, UserForm
from reintegration.accounts.models import Organisation, User
from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.queries import users as reading
from reintegration.accounts.services import links, second_factor, users
from reintegration.accounts.services import second_factor_reset as resetting
from reintegration.accounts.services.users import Details, SupervisorNamed
from reintegration.accounts.views import bp, identity
from reintegration.codelists.languages import Locale
from reintegration.kernel import clock, hooks
from reintegration.kernel.actor import Role
from reintegration.kernel.db import session
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.forms import option
from reintegration.web.once import Next
from reintegration.web.submit import Ask, Asking, asked

MANAGE = AccountPermission.MANAGE_USERS


def _user(user_id: UUID) -> User:
    return reading.user_or_404(session(), user_id)


def _organisation(organisation_id: UUID) -> Organisation:
    return reading.organisation_or_404(session(), organisation_id)


@bp.page("/users", MANAGE)
def user_list() -> ResponseReturnValue:
    """List people; search, role and state stand in the address."""
    search, role = parameters.text("q"), parameters.choice("role", Role)
    page = reading.users_page(
        session(),
        search=search,
        role=Role(role) if role else None,
        state=parameters.choice("state", reading.STATES),
        cursor=parameters.cursor(),
    )
    return render_template(
        "reintegration/accounts/users.html",
        page=page,
        alone=reading.without_supervisor(session(), page),
        given=parameters.those("q", "role", "state"),
        roles=Role,
    )


@bp.form("/users/new", MANAGE)
def user_new() -> Asking:
    """Make an account and invite its person: nobody else knows the password."""
    form = _user_form()
    yield Ask(lambda: _new_page(form), form)
    user = _create(form)
    links.send(session(), user, house=identity.house(), **acting())
    return Next(_page_of(user), _invited(user))


def _create(form: UserForm) -> User:
    return users.create_user(
        session(),
        email=form.email.data or "",
        name=form.name.data or "",
        organisation=_organisation(UUID(form.organisation.data)),
        roles=[Role(role) for role in form.roles.data or ()],
        locale=Locale(form.locale.data),
        supervisor_id=UUID(form.supervisor.data) if form.supervisor.data else None,
        **acting(),
    )


@bp.page("/users/<uuid:user_id>", MANAGE, load=_user)
def user_page(user: User) -> ResponseReturnValue:
    """Show one person."""
    return _user_page(user, _roles_form(user))


@bp.form("/users/<uuid:user_id>/change", MANAGE, load=_user)
def user_change(user: User) -> Asking:
    """Change name, e-mail or supervisor, unless somebody else changed them meanwhile."""
    form = DetailsForm(
        name=user.name,
        email=user.email,
        supervisor=str(user.supervisor_id or ""),
        seen=Details.of(user).mark,
    )
    _offer_supervisors(form, user)
    yield Ask(lambda: _change_page(user, form), form)
    done = users.change_details(
        session(), user, details=form.details(), seen=form.seen.data or "", **acting()
    )
    return Next(_page_of(user), _said_of(done))


@bp.act("/users/<uuid:user_id>/roles", MANAGE, load=_user)
def user_roles(user: User) -> Asking:
    """Replace a person's roles."""
    form = _roles_form(user)
    yield Ask(lambda: _user_page(user, form), form)
    users.set_roles(session(), user, roles=form.chosen(), **acting())
    return Next(_page_of(user), _("The roles are changed. The person signs in anew."))


@bp.act("/users/<uuid:user_id>/password", MANAGE, load=_user)
def user_link(user: User) -> Next:
    """Send a link by which the person chooses a password: the first one, or another."""
    links.send(session(), user, house=identity.house(), **acting())
    return Next(_page_of(user), _invited(user))


def _invited(user: User) -> str:
    said: str = _(
        "A link is on its way to %(email)s. It works once, for 30 minutes.", email=user.email
    )
    return said


@bp.form("/users/<uuid:user_id>/second-factor", MANAGE, load=_user, fresh=True)
def user_second_factor(user: User) -> Asking:
    """Reset the second factor of somebody whose phone and recovery codes are gone."""
    yield asked("reintegration/accounts/user_second_factor.html", user=user)
    resetting.reset(session(), user, **acting())
    return Next(
        _page_of(user),
        _(
            "The second factor is removed. %(name)s and all administrators are told.",
            name=user.name,
        ),
    )


@bp.act("/users/<uuid:user_id>/closed", MANAGE, load=_user)
def user_closed(user: User) -> Next:
    """Close an account."""
    users.close(session(), user, **acting())
    return Next(_page_of(user), _("The account is closed."))


@bp.act("/users/<uuid:user_id>/reopened", MANAGE, load=_user)
def user_reopened(user: User) -> Next:
    """Open an account again."""
    users.reopen(session(), user, **acting())
    return Next(_page_of(user), _("The account is open again."))


def _roles_form(user: User) -> RolesForm:
    form = RolesForm(roles=sorted(user.role_set))
    form.offer_roles_of(user.organisation.kind)
    return form


def _page_of(user: User) -> str:
    return url_for(".user_page", user_id=user.id)


def _new_page(form: UserForm) -> str:
    return render_template(
        "reintegration/accounts/user_new.html", form=form, search=parameters.text("q")
    )


def _user_page(user: User, form: RolesForm) -> str:
    supervisor = session().get(User, user.supervisor_id) if user.supervisor_id else None
    only = reading.only_holder_of(session(), user)
    return render_template(
        "reintegration/accounts/user.html",
        only=sorted(only, key=list(Role).index),
        waits=reading.waits_for(session(), user, only) if user.disabled_at is None else [],
        user=user,
        form=form,
        enrolled=second_factor.is_enrolled(session(), user),
        supervisor=supervisor,
        alone=user.id in reading.without_supervisor(session(), [user]),
    )


def _change_page(user: User, form: DetailsForm) -> str:
    """Show the form with what was typed; after a race also what stands there now."""
    stale = form.refused is not None and form.refused.code == "stale"
    if stale:
        form.seen.data = Details.of(user).mark
    named = SupervisorNamed(user.id, None, clock.now(), current_actor())
    return render_template(
        "reintegration/accounts/user_change.html",
        user=user,
        form=form,
        stale=stale,
        supervisor=session().get(User, user.supervisor_id) if user.supervisor_id else None,
        waiting=hooks.preview(session(), named),
    )


def _offer_supervisors(form: DetailsForm, user: User) -> None:
    """Offer who can supervise there; whoever is named now stays in the list."""
    chosen = form.supervisor.data or user.supervisor_id
    offer = reading.supervisors(session(), user.organisation_id, chosen=chosen)
    able = [found for found in offer if found.id != user.id]
    listed = [option("", _("Nobody")), *(option(found.id, found.name) for found in able)]
    if user.supervisor_id and user.supervisor_id not in {found.id for found in able}:
        named = _user(user.supervisor_id)
        listed.append(option(named.id, _("%(name)s (can no longer decide)", name=named.name)))
    form.supervisor.choices = listed


def _said_of(changed: frozenset[str]) -> str:
    if not changed:
        said = _("Nothing was different, so nothing is changed.")
    elif "email" in changed:
        said = _("The details are changed. The person signs in anew, with the new e-mail.")
    else:
        said = _("The details are changed.")
    return str(said)


def _user_form() -> UserForm:
    form, search = UserForm(), parameters.text("q")
    places = reading.organisations(session(), search=search, chosen=form.organisation.data)
    able = reading.supervisors(session(), search=search, chosen=form.supervisor.data)
    form.organisation.offer(places, lambda found: found.name, first=_("Choose"))
    form.supervisor.offer(
        able, lambda found: f"{found.name}, {found.organisation.name}", first=_("Nobody")
    )
    return form
