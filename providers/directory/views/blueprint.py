"""The part of the pages that is the directory."""

from flask import Blueprint

directory_bp = Blueprint("providers", __name__, url_prefix="/providers")
