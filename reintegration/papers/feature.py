"""How papers join the house."""

from flask import Flask

from reintegration.kernel import crypto, jobs, outbox, permissions, sealed
from reintegration.papers import buckets, scanner, store
from reintegration.papers.channels import channel
from reintegration.papers.jobs import JOBS
from reintegration.papers.models import PaperKey
from reintegration.papers.policy import POLICY
from reintegration.papers.views import papers
from reintegration.settings import Settings


def register(app: Flask) -> None:
    """Add pages, rules and jobs; say where papers are kept and who is asked about them."""
    settings: Settings = app.extensions["settings"]
    permissions.register(POLICY)
    sealed.register(crypto.PAPER_KEY, PaperKey.wrapped, PaperKey.paper_id)
    store.use(buckets.store_of(settings))
    scanner.use(scanner.Scanner(settings.clamd) if settings.clamd else None)
    outbox.register(channel())
    app.register_blueprint(papers.bp)
    for job in JOBS:
        jobs.register(job)
