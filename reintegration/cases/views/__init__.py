"""The pages of a case."""

from reintegration.web.pages import Pages

bp = Pages("cases", __name__, url_prefix="/cases", leaves="case:read")
