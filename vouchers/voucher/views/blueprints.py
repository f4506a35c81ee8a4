"""The parts of the pages: the desk of a provider, and the vouchers of staff."""

from reintegration.web.pages import Pages

redeem_bp = Pages("redeem", __name__, url_prefix="/redeem")
vouchers_bp = Pages("vouchers", __name__, url_prefix="/vouchers")
