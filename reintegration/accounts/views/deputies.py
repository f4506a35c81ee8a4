"""Deputies: who stands in for me, for whom I stand in, and sitting down at their desk."""

from uuid import UUID

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from reintegration.accounts.forms import DeputyForm
from reintegration.accounts.models import Deputyship, User
from reintegration.accounts.permissions import AccountPermission as P
from reintegration.accounts.queries import deputies as reading
from reintegration.accounts.queries import users
from reintegration.accounts.services import deputies
from reintegration.accounts.services.deputies import LONGEST
from reintegration.accounts.views import bp
from reintegration.accounts.views.identity import signed_in_user
from reintegration.kernel import clock, permissions
from reintegration.kernel.actor import Role
from reintegration.kernel.db import session
from reintegration.kernel.errors import or_404
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.forms import choices, given
from reintegration.web.once import Next
from reintegration.web.submit import Ask, Asking

_ANY = (P.ANSWER_DEPUTYSHIP, P.END_DEPUTYSHIP, P.STAND_IN)


def _named(deputyship_id: UUID) -> Deputyship:
    found = permissions.visible(current_actor(), Deputyship, *_ANY)
    return or_404(session().scalar(found.where(Deputyship.id == deputyship_id)))


def represented(user_id: UUID) -> User:
    """Return somebody for whom the actor may name a deputy, or raise NotFound."""
    found = permissions.visible(current_actor(), User, P.NAME_DEPUTY_FOR)
    return or_404(session().scalar(found.where(User.id == user_id)))


@bp.page("/deputies", P.OWN_ACCOUNT)
def deputies_page() -> ResponseReturnValue:
    """Show for whom one stands in, and who stands in for one."""
    me, today = signed_in_user(), clock.local_day(clock.now())
    found = reading.of_person(session(), me.id)
    return render_template(
        "reintegration/accounts/deputies.html",
        asked=[one for one in found if one.deputy_id == me.id],
        named=[one for one in found if one.represented_id == me.id],
        looked_after=_looked_after(session(), me),
        day_of=today,
        P=P,
        layout=_layout(),
    )


@bp.form("/deputies/new", P.NAME_DEPUTY)
def deputy_new() -> Asking:
    """Name somebody who stands in for oneself."""
    return (yield from _naming(signed_in_user(), url_for(".deputy_new")))


@bp.form("/users/<uuid:user_id>/deputy", P.NAME_DEPUTY_FOR, load=represented)
def user_deputy(user: User) -> Asking:
    """Name somebody who stands in for a person who cannot name one."""
    return (yield from _naming(user, url_for(".user_deputy", user_id=user.id)))


@bp.act("/deputies/<uuid:deputyship_id>/accepted", P.ANSWER_DEPUTYSHIP, load=_named)
def deputyship_accept(named: Deputyship) -> Next:
    """Accept to stand in."""
    deputies.accept(session(), named, **acting())
    return _back(_("You stand in for %(name)s on these days.", name=named.represented.name))


@bp.act("/deputies/<uuid:deputyship_id>/declined", P.ANSWER_DEPUTYSHIP, load=_named)
def deputyship_decline(named: Deputyship) -> Next:
    """Decline to stand in."""
    deputies.decline(session(), named, **acting())
    return _back(_("You declined. Whoever asked you is told."))


@bp.act("/deputies/<uuid:deputyship_id>/ended", P.END_DEPUTYSHIP, load=_named)
def deputyship_end(named: Deputyship) -> Next:
    """End it at once, from either side."""
    deputies.end(session(), named, **acting())
    return _back(_("It has ended. Both are told."))


@bp.act("/deputies/<uuid:deputyship_id>/acting", P.STAND_IN, load=_named)
def deputyship_act(named: Deputyship) -> Next:
    """Sit down at the desk of the person represented."""
    deputies.sit_down(session(), g.sign_in, named, **acting())
    return Next(url_for(".today"), _("You act for %(name)s now.", name=named.represented.name))


@bp.act("/deputies/myself", P.OWN_ACCOUNT)
def deputyship_leave() -> Next:
    """Act as oneself again."""
    deputies.stand_up(session(), g.sign_in, **acting())
    return Next(url_for(".today"), _("You act as yourself again."))


def _naming(user: User, address: str) -> Asking:
    form = _form(user)
    yield Ask(lambda: _page(user, form, address), form)
    chosen = session().get(User, UUID(form.deputy.data))
    named = deputies.name(
        session(),
        represented=user,
        deputy=chosen,
        role=Role(form.role.data),
        starts_on=given(form.starts_on.data),
        ends_on=given(form.ends_on.data),
        reason=form.reason.data or "",
        **acting(),
    )
    said = _("%(name)s is asked, and can act once they accept.", name=named.deputy.name)
    return Next(_where_to(user), said)


def _where_to(user: User) -> str:
    if user.id != current_actor().id and permissions.could(current_actor(), P.MANAGE_USERS):
        return url_for(".user_page", user_id=user.id)
    return url_for(".deputies_page")


def _form(user: User) -> DeputyForm:
    form = DeputyForm()
    form.role.choices = choices(role for role in Role if role in user.role_set)
    found = reading.colleagues(
        session(), user, search=parameters.text("q"), chosen=form.deputy.data
    )
    form.deputy.offer(found, lambda one: one.name, first=_("Choose"))
    return form


def _page(user: User, form: DeputyForm, address: str) -> str:
    return render_template(
        "reintegration/accounts/deputy_new.html",
        form=form,
        user=user,
        is_me=user.id == current_actor().id,
        address=address,
        search=parameters.text("q"),
        longest=LONGEST.today().days,
        layout=_layout(),
    )


def _looked_after(session: Session, me: User) -> list[User]:
    """Return for whom a supervisor may name a deputy; an administrator finds people in the list."""
    if not permissions.could(current_actor(), P.NAME_DEPUTY_FOR):
        return []
    return list(users.supervised_by(session, me.id))


def _back(said: str) -> Next:
    return Next(url_for(".deputies_page"), said)


def _layout() -> str:
    return "layout/provider.html" if current_actor().is_provider else "layout/staff.html"
