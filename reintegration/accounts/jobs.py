"""What accounts do by themselves: what ends is said ahead, and old browsers are forgotten."""

from datetime import timedelta

from reintegration.accounts.services import browsers, deputies, desk_devices, tokens
from reintegration.kernel.jobs import Job, counting

WARN_OF_TOKENS = Job(
    "accounts.warn_of_tokens",
    timedelta(days=1),
    counting(tokens.warn_ahead, "ends of tokens told ahead"),
)
WARN_OF_DEPUTIES = Job(
    "accounts.warn_of_deputies",
    timedelta(days=1),
    counting(deputies.warn_ahead, "deputyships told ahead"),
)
WARN_OF_EMPTY_ROLES = Job(
    "accounts.warn_of_empty_roles",
    timedelta(days=1),
    counting(deputies.warn_of_empty_roles, "roles that would be empty tomorrow told"),
)
FORGET_BROWSERS = Job("accounts.forget_browsers", timedelta(days=1), browsers.forget_old)
FORGET_DEVICES = Job("accounts.forget_devices", timedelta(days=1), desk_devices.forget_old)
