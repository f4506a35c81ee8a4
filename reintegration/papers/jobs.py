"""What looks after papers by itself."""

from datetime import timedelta

from reintegration.kernel.jobs import Job, counting
from reintegration.papers.services import sweeping

JOBS = (
    Job(
        "papers.forget_begun",
        timedelta(hours=1),
        counting(sweeping.forget_begun, "begun papers removed"),
    ),
    Job(
        "papers.sweep_orphans",
        timedelta(hours=6),
        counting(sweeping.sweep_orphans, "stored files without a paper deleted"),
    ),
)
