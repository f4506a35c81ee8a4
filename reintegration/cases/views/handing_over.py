"""Handing over several cases: choosing them and the colleague, and the colleague's answer."""

from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from reintegration.accounts.models import User
from reintegration.accounts.queries.users import names_behind, names_of, user_or_404
from reintegration.accounts.views.doers import signed_by
from reintegration.cases.forms import AnswerForm, OfferForm
from reintegration.cases.models import HandOver
from reintegration.cases.permissions import CasePermission as P
from reintegration.cases.queries import cases as case_queries
from reintegration.cases.queries import hand_overs as reading
from reintegration.cases.services import handing_over
from reintegration.kernel import bounded, clock
from reintegration.kernel.db import session
from reintegration.kernel.errors import or_404
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.offers import Offer
from reintegration.web.once import Next
from reintegration.web.pages import Pages
from reintegration.web.submit import Ask, Asking

bp = Pages("hand_overs", __name__, url_prefix="/hand-overs")


def _load(hand_over_id: UUID) -> HandOver:
    return reading.hand_over_or_404(session(), current_actor(), hand_over_id)


def _manager(manager_id: UUID) -> User:
    """Return whose cases these are; somebody who manages none of ours is not there for us."""
    known = reading.managers(session(), current_actor())
    return or_404(session().get(User, manager_id) if manager_id in known else None)


@bp.page("/", P.LIST)
def index() -> ResponseReturnValue:
    """List what was offered by oneself or to oneself, and from whom one may hand over."""
    found = reading.hand_overs(session(), current_actor())
    people = {one for made in found for one in (made.from_id, made.to_id)}
    managers = reading.managers(session(), current_actor())
    names = names_of(session(), [*people, *managers])
    return render_template(
        "reintegration/cases/hand_overs.html",
        found=found,
        names=names,
        managers=sorted(managers, key=lambda one: names[one]),
    )


@bp.form("/from/<uuid:manager_id>", P.OFFER, load=_manager)
def new(user: User) -> Asking:
    """Offer cases of one manager to another."""
    form = _form(user)
    yield Ask(lambda: _page(user, form), form)
    made = _offer(user, form)
    return Next(_url(made), _("They are offered. Nothing moves before your colleague accepts."))


@bp.page("/<uuid:hand_over_id>", P.VIEW_OFFER, load=_load)
def show(made: HandOver) -> ResponseReturnValue:
    """Show an offer, case by case."""
    return _shown(made, AnswerForm())


@bp.act("/<uuid:hand_over_id>/accepted", P.ANSWER_OFFER, load=_load)
def accept(made: HandOver) -> Asking:
    """Take cases on."""
    form = AnswerForm()
    yield Ask(lambda: _shown(made, form), form)
    left = handing_over.accept(session(), made, form.cases.data, **acting())
    return Next(_url(made), _said(left))


@bp.act("/<uuid:hand_over_id>/refused", P.ANSWER_OFFER, load=_load)
def refuse(made: HandOver) -> Asking:
    """Do not take cases on."""
    form = AnswerForm()
    yield Ask(lambda: _shown(made, form), form)
    handing_over.refuse(session(), made, form.cases.data, **acting())
    return Next(_url(made), _("Noted. Whoever offered them is told."))


@bp.act("/<uuid:hand_over_id>/taken-back", P.TAKE_BACK_OFFER, load=_load)
def take_back(made: HandOver) -> Next:
    """Take back what waits."""
    handing_over.take_back(session(), made, **acting())
    return Next(_url(made), _("It is taken back. Your colleague is told."))


def _said(left: object) -> str:
    codes = ", ".join(left) if isinstance(left, list) else ""
    if codes:
        return str(_("Not taken, because something changed meanwhile: %(codes)s.", codes=codes))
    return str(_("You manage these cases from now on. Everybody concerned is told."))


def _offer(manager: User, form: OfferForm) -> HandOver:
    return handing_over.offer(
        session(),
        manager=manager,
        cases=reading.to_hand_over(session(), current_actor(), manager.id, form.cases.data),
        user=session().get(User, UUID(form.person.data)),
        stays=bool(form.stays.data),
        reason=form.reason.data or "",
        **acting(),
    )


def _form(manager: User) -> OfferForm:
    form = OfferForm(stays=False)
    found = case_queries.case_managers(
        session(), search=parameters.text("q"), chosen=form.person.data
    )
    able = [user for user in found if user.id != manager.id]
    form.person.offer(Offer(able, found.more), lambda one: one.name, first=_("Choose"))
    return form


def _page(manager: User, form: OfferForm) -> str:
    found = reading.managed_by(session(), current_actor(), manager.id)
    ticked = set(form.cases.data) if not form.is_fresh else {case.id for case in found}
    return render_template(
        "reintegration/cases/hand_over_new.html",
        manager=manager,
        cases=found,
        ticked=ticked,
        at_once=bounded.AT_ONCE,
        form=form,
        search=parameters.text("q"),
    )


def _shown(made: HandOver, form: AnswerForm) -> str:
    now = clock.now()
    names = names_behind(session(), (made, "offered_by"))
    found = handing_over.offered(session(), made, now=now, actor=current_actor())
    waits = [one for one in found if one.item.answer == "waiting"]
    return render_template(
        "reintegration/cases/hand_over_page.html",
        made=made,
        found=found,
        waits=waits,
        form=form,
        manager=user_or_404(session(), made.from_id).name,
        receiver=user_or_404(session(), made.to_id).name,
        offered_by=signed_by(names, made, "offered_by"),
        count=ngettext("%(num)s case", "%(num)s cases", len(found)),
        P=P,
    )


def _url(made: HandOver) -> str:
    return url_for(".show", hand_over_id=made.id)
