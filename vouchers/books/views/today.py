"""What an auditor looks at first, and what an approver has to decide on in the books."""

from datetime import date, datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from reintegration.accounts.views.today import TodayItem
from reintegration.accounts.views.today_picture import Days, window
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.web.filters import instant, month_year
from vouchers.books.models import AccountingPeriod
from vouchers.books.permissions import LedgerPermission, OpeningPermission, PeriodPermission
from vouchers.books.queries import journal, opening, periods
from vouchers.books.services.laws import CHECK_JOB, SWEEP_JOB
from vouchers.books.states import PeriodState


def items(*, session: Session, actor: Actor, today: date) -> list[TodayItem]:
    """Return how the last check of the books ended, and what of them waits for approval."""
    del today
    return [*_last_check(session, actor), *_balances(session, actor), *_months(session, actor)]


def _last_check(session: Session, actor: Actor) -> list[TodayItem]:
    if not permissions.could(actor, LedgerPermission.WATCH):
        return []
    checks = journal.last_runs(session, CHECK_JOB, SWEEP_JOB)
    if not checks:
        return []
    failed = [run for run in checks if run.outcome]
    sentence = (
        _("The last check found a fault in the books.")
        if failed
        else _("The books were checked, and all laws hold.")
    )
    finished = (failed or checks)[0].finished_at
    about = instant(finished) if finished else ""
    tone, word, rank = ("clay", _("Fault"), 5) if failed else ("moss", _("In order"), 70)
    url = url_for("ledger.balances")
    return [TodayItem(tone, word, sentence, url, rank, _("Open the balances"), about)]


def _balances(session: Session, actor: Actor) -> list[TodayItem]:
    approving = OpeningPermission.APPROVE
    proposed = opening.in_force(session) if permissions.could(actor, approving) else None
    if proposed is None or not (proposed.waits and permissions.permits(actor, approving, proposed)):
        return []
    sentence = _("Decide on the balances that the books begin with.")
    url, since = url_for("opening.index"), proposed.proposed_at
    return [TodayItem("gold", "", sentence, url, 33, _("Decide"), since=since)]


def _months(session: Session, actor: Actor) -> list[TodayItem]:
    """Return the months that this approver may close or open again."""
    if not any(permissions.could(actor, one) for one in _DECIDES):
        return []
    found = []
    for period in periods.waiting(session, actor):
        permission, sentence, since = _asked(period)
        if permissions.permits(actor, permission, period):
            about, url = month_year(period.month), url_for("periods.show", period_id=period.id)
            found.append(
                TodayItem("gold", "", sentence, url, 33, _("Decide"), about=about, since=since)
            )
    return found


_DECIDES = (PeriodPermission.CLOSE, PeriodPermission.REOPEN)


def _asked(period: AccountingPeriod) -> tuple[PeriodPermission, str, datetime | None]:
    if period.state == PeriodState.PREPARED:
        return PeriodPermission.CLOSE, _("Decide on the close of a month."), period.prepared_at
    said = _("Decide whether a closed month is opened again.")
    return PeriodPermission.REOPEN, said, period.reopen_asked_at


def days(*, session: Session, actor: Actor, today: date) -> list[Days]:
    """Return how many entries were posted on each day."""
    if not permissions.could(actor, LedgerPermission.WATCH):
        return []
    first, _last = window(today)
    return [Days(_("Entries in the ledger"), "moss", journal.posted_by_day(session, first, today))]
