"""The chips above a list of referrals: each state that it can be narrowed to."""

from collections.abc import Mapping, Sequence

from flask import url_for
from flask_babel import gettext as _

from providers.referrals.states import ReferralState


def state_chips(shown: Sequence[str], chosen: str) -> list[Mapping[str, object]]:
    """Return a chip for each of `shown`, a state or a word for several, and one for all."""
    words = {"open": _("Open"), "all": _("All")}
    return [
        {
            "label": words.get(one) or _(ReferralState(one).label),
            "url": url_for(".index", state=str(one)),
            "active": one == chosen,
        }
        for one in (*shown, "all")
    ]
