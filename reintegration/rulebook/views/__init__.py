"""Pages of the rulebook."""

from reintegration.web.pages import Pages

bp = Pages("rules", __name__, url_prefix="/rules")
