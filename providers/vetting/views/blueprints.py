"""The parts of the pages of vetting: officers, providers who ask for a check, and the import."""

from flask import Blueprint

vetting_bp = Blueprint("vetting", __name__, url_prefix="/providers/vetting")
checks_bp = Blueprint("checks", __name__, url_prefix="/providers")
imports_bp = Blueprint("provider_imports", __name__, url_prefix="/providers/import")
