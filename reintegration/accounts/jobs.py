"""Tokens of programs that end: said ahead, and when they have ended."""

from datetime import timedelta

from reintegration.accounts.services import tokens
from reintegration.kernel.jobs import Job, counting

WARN_OF_TOKENS = Job(
    "accounts.warn_of_tokens",
    timedelta(days=1),
    counting(tokens.warn_ahead, "ends of tokens told ahead"),
)
