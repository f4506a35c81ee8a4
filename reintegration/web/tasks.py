"""What a page says of a background task: how far it is, or why it stopped."""

from dataclasses import dataclass

from flask_babel import gettext

from reintegration.kernel.tasks import NOT_DONE, BackgroundTask, TaskState
from reintegration.web.filters import translated


@dataclass(frozen=True, slots=True)
class HowFar:
    """What a page says of a task that runs: what is being done, and how much of it is done."""

    doing: str
    percent: int | None


def how_far(task: BackgroundTask) -> HowFar:
    """Return what is being done; no figure where nobody counts it, or nothing has begun."""
    if task.state == TaskState.QUEUED:
        return HowFar(gettext("It waits for its turn, and begins by itself"), None)
    said = task.result.get("doing")
    doing = str(translated(said)) if said else gettext("It begins")
    counted = bool(said) and task.total > 1
    return HowFar(doing, min(100 * task.done // task.total, 99) if counted else None)


def why_it_stopped(task: BackgroundTask) -> str:
    """Return why a failed task stopped, in the language of the request."""
    said = task.result
    if "params" not in said:  # of before: a program's words
        return str(gettext(NOT_DONE))
    return str(gettext(said["problem"], **said["params"]))
