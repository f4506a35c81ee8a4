"""The parts of the pages of vetting: officers, providers who ask for a check, and the import."""

from reintegration.web.pages import Pages

vetting_bp = Pages("vetting", __name__, url_prefix="/providers/vetting")
checks_bp = Pages("checks", __name__, url_prefix="/providers")
imports_bp = Pages("provider_imports", __name__, url_prefix="/providers/import")
