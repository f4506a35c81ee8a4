"""The parts of the pages: claims and batches."""

from reintegration.web.pages import Pages

claims_bp = Pages("claims", __name__, url_prefix="/claims")
batches_bp = Pages("batches", __name__, url_prefix="/batches")
