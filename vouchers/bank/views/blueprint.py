"""The part of the pages that is the bank."""

from reintegration.web.pages import Pages

bank_bp = Pages("bank", __name__, url_prefix="/bank")
