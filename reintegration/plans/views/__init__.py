"""The pages of plans and of the emergency start."""

from flask import Blueprint

bp = Blueprint("plans", __name__, url_prefix="/cases")
