"""The pages of accounts."""

from reintegration.web.pages import Pages

bp = Pages("accounts", __name__, url_prefix="/account")
