"""Reading imports: each person sees their own."""

from collections.abc import Container
from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import NotFound
from reintegration.kernel.tasks import BackgroundTask


def task_or_404(
    session: Session, actor: Actor, task_id: UUID, kinds: Container[str]
) -> BackgroundTask:
    """Return a task that the actor started, or raise NotFound."""
    task = session.get(BackgroundTask, task_id)
    if task is None or task.kind not in kinds or task.started_by != actor.id:
        raise NotFound
    return task
