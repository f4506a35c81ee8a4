"""The parts of the pages of referrals: matching, the case's side, and the provider's side."""

from flask import Blueprint

matching_bp = Blueprint("matching", __name__, url_prefix="/providers/match")
referrals_bp = Blueprint("referrals", __name__, url_prefix="/referrals")
requests_bp = Blueprint("requests", __name__, url_prefix="/requests")
