"""The part of the pages that is the directory."""

from reintegration.web.pages import Pages

directory_bp = Pages("providers", __name__, url_prefix="/providers")
