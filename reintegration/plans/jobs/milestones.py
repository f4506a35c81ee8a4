"""Following deliveries with milestones, and bringing days to mind."""

from datetime import timedelta

from reintegration.kernel.jobs import Job, counting
from reintegration.plans.services import milestones, reminders

MOVE_MILESTONES = Job(
    "plans.move_milestones",
    timedelta(seconds=5),
    counting(milestones.follow_deliveries, "services followed"),
)
REMIND_MILESTONES = Job(
    "plans.remind_milestones",
    timedelta(days=1),
    counting(reminders.remind, "steps and reviews brought to mind"),
)
