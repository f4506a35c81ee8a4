"""The pages of providers. Each blueprint is one part; `providers.feature` registers them."""

from flask import Blueprint

directory_bp = Blueprint("providers", __name__, url_prefix="/providers")
vetting_bp = Blueprint("vetting", __name__, url_prefix="/providers/vetting")
payees_bp = Blueprint("payees", __name__, url_prefix="/payees")
matching_bp = Blueprint("matching", __name__, url_prefix="/providers/match")
referrals_bp = Blueprint("referrals", __name__, url_prefix="/referrals")
requests_bp = Blueprint("requests", __name__, url_prefix="/requests")
imports_bp = Blueprint("provider_imports", __name__, url_prefix="/providers/import")

BLUEPRINTS = (
    directory_bp,
    vetting_bp,
    payees_bp,
    matching_bp,
    referrals_bp,
    requests_bp,
    imports_bp,
)
