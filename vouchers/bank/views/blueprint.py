"""The part of the pages that is the bank."""

from flask import Blueprint

bank_bp = Blueprint("bank", __name__, url_prefix="/bank")
