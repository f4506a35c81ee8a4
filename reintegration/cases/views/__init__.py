"""The pages of a case."""

from flask import Blueprint

bp = Blueprint("cases", __name__, url_prefix="/cases")
