"""The pages of plans and of the emergency start."""

from reintegration.web.pages import Pages

bp = Pages("plans", __name__, url_prefix="/cases", leaves="case:read")
