"""The parts of the pages: the desk of a provider, and the vouchers of staff."""

from flask import Blueprint

redeem_bp = Blueprint("redeem", __name__, url_prefix="/redeem")
vouchers_bp = Blueprint("vouchers", __name__, url_prefix="/vouchers")
