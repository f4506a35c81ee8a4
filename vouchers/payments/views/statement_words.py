"""What a line of a provider's statement says, in words that both sides read alike."""

from flask_babel import gettext as _

from reintegration.web.filters import day_month, translated
from vouchers.books.states import Account
from vouchers.payments.queries.statements import StatementLine


def said(line: StatementLine) -> str:
    """Return what was posted: of a delivery with its service and day, of a debt that it is one."""
    what = translated(line.event)
    if line.account == Account.PROVIDER_RECEIVABLE:
        what = str(_("%(what)s (what the provider owes)", what=what))
    if line.service is None or line.delivered_on is None:
        return what
    day = day_month(line.delivered_on)
    return str(_("%(what)s: %(service)s, %(day)s", what=what, service=line.service.label, day=day))
