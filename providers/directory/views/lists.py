"""Languages and access, in words."""

from typing import Any

from flask_babel import gettext as _

from reintegration.codelists.people import AccessNeed
from reintegration.web.spoken import all_spoken


def languages(codes: Any) -> str:
    """Return languages by their names."""
    return all_spoken(codes)


def access(needs: Any) -> str:
    """Return access needs in words."""
    return ", ".join(_(AccessNeed(one).label) for one in needs)
