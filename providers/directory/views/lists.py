"""Languages and access, in words."""

from typing import Any

from flask_babel import gettext as _

from reintegration.codelists.people import ACCESS_LABELS, AccessNeed
from reintegration.web.i18n import LOCALES


def languages(codes: Any) -> str:
    """Return languages by their own names."""
    return ", ".join(LOCALES.get(code, code) for code in codes)


def access(needs: Any) -> str:
    """Return access needs in words."""
    known = {need.value for need in AccessNeed}
    return ", ".join(_(ACCESS_LABELS[AccessNeed(one)]) if one in known else one for one in needs)
