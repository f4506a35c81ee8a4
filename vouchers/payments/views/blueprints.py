"""The parts of the pages: claims and batches."""

from flask import Blueprint

claims_bp = Blueprint("claims", __name__, url_prefix="/claims")
batches_bp = Blueprint("batches", __name__, url_prefix="/batches")
