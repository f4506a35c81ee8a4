"""The inbox: reminders and decisions, by the case or the part of the house that they are about."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from re import match
from uuid import UUID

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from reintegration.accounts.models import InboxMessage
from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.queries import inbox as reading
from reintegration.accounts.services import inbox as messages
from reintegration.accounts.views import bp, identity
from reintegration.kernel import clock
from reintegration.kernel.actor import Role
from reintegration.kernel.bounded import Count
from reintegration.kernel.db import session
from reintegration.web import navigation, parameters
from reintegration.web.current import current_actor
from reintegration.web.filters import on_behalf
from reintegration.web.once import Next

_SHOWN = ("unread", "all")


@dataclass
class Line:
    """Messages that say the same: the newest of them, and how many there are."""

    newest: InboxMessage
    count: int = 1


@dataclass
class Subject:
    """What some messages are about: a case by its code, or a place of the menu."""

    name: str
    url: str
    lines: dict[tuple[str, str, str | None], Line] = field(default_factory=dict)


def load_message(message_id: UUID) -> InboxMessage:
    """Return the message of the address; there are no others than one's own."""
    return reading.message_or_404(session(), identity.signed_in_user().id, message_id)


@bp.page("/inbox", AccountPermission.OWN_ACCOUNT)
def inbox() -> ResponseReturnValue:
    """Show what is unread, or everything, the newest first."""
    show = parameters.choice("show", _SHOWN, "unread")
    page = reading.inbox_page(
        session(), identity.signed_in_user().id, unread=show == "unread", cursor=parameters.cursor()
    )
    return render_template(
        "reintegration/accounts/inbox.html",
        page=page,
        subjects=_by_subject(page.rows),
        show=show,
        said=_said,
        unread=unread(),
        given=parameters.those("show"),
        layout="layout/provider.html" if current_actor().is_provider else "layout/staff.html",
    )


@bp.act("/inbox", AccountPermission.OWN_ACCOUNT)
def inbox_read() -> Next:
    """Mark everything as read."""
    messages.mark_read(session(), identity.signed_in_user().id, now=clock.now())
    return Next(url_for(".inbox"))


@bp.act("/inbox/<uuid:message_id>/read", AccountPermission.OWN_ACCOUNT, load=load_message)
def inbox_message_read(message: InboxMessage) -> Next:
    """Mark a message, and what says the same, as read."""
    messages.set_read(session(), message, read=True, now=clock.now())
    return Next(url_for(".inbox"))


@bp.act("/inbox/<uuid:message_id>/unread", AccountPermission.OWN_ACCOUNT, load=load_message)
def inbox_message_unread(message: InboxMessage) -> Next:
    """Mark a message, and what says the same, as new again."""
    messages.set_read(session(), message, read=False, now=clock.now())
    return Next(url_for(".inbox", show="all"))


def _said(message: InboxMessage) -> str:
    """Return what a message says to its reader; a role or a rule in it is called by its name.

    Who did it is said with whom they stood in for.
    """
    values = dict(message.params)
    if "who_for" in values:
        values["who"] = on_behalf(values.get("who"), values.pop("who_for"))
    if "rule" in values:
        values["rule"] = gettext(str(values["rule"]))
    if values.get("role") in set(Role):
        values["role"] = gettext(Role(values["role"]).label)
    return str(gettext(message.message, **values))


def unread() -> int:
    """Return what the navigation and the page count, asked once for both."""
    if "unread" not in g:
        g.unread = reading.unread_count(session(), identity.signed_in_user().id)
    found: Count = g.unread
    return found


def _by_subject(rows: Iterable[InboxMessage]) -> list[Subject]:
    """Return the messages by what they are about; what came last stands first."""
    found: dict[str, Subject] = {}
    for message in rows:
        subject = _subject(message)
        lines = found.setdefault(subject.name, subject).lines
        same = (message.message, str(sorted(message.params.items())), message.link)
        if same in lines:
            lines[same].count += 1
        else:
            lines[same] = Line(message)
    return list(found.values())


def _subject(message: InboxMessage) -> Subject:
    code = message.params.get("code") or message.params.get("case")
    of_case = match(r"/cases/[0-9a-f-]{36}", message.link or "")
    if code:
        return Subject(str(code), of_case.group() if of_case else "")
    place = navigation.place_at(message.link or "")
    if place is None:
        return Subject(gettext("About your work"), "")
    return Subject(gettext(place.label), url_for(place.endpoint))
