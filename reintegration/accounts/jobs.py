"""What accounts do by themselves: tokens that end are said ahead, old browsers forgotten."""

from datetime import timedelta

from reintegration.accounts.services import browsers, tokens
from reintegration.kernel.jobs import Job, counting

WARN_OF_TOKENS = Job(
    "accounts.warn_of_tokens",
    timedelta(days=1),
    counting(tokens.warn_ahead, "ends of tokens told ahead"),
)
FORGET_BROWSERS = Job("accounts.forget_browsers", timedelta(days=1), browsers.forget_old)
