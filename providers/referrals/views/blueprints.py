"""The parts of the pages of referrals: matching, the case's side, and the provider's side."""

from reintegration.web.pages import Pages

matching_bp = Pages("matching", __name__, url_prefix="/providers/match")
referrals_bp = Pages("referrals", __name__, url_prefix="/referrals")
requests_bp = Pages("requests", __name__, url_prefix="/requests")
