"""What a page says of a background task that failed."""

from flask_babel import gettext

from reintegration.kernel.tasks import NOT_DONE, BackgroundTask


def why_it_stopped(task: BackgroundTask) -> str:
    """Return why a failed task stopped, in the language of the request."""
    said = task.result
    if "params" not in said:  # of before: a program's words
        return str(gettext(NOT_DONE))
    return str(gettext(said["problem"], **said["params"]))
