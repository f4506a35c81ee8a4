"""What is read of a message to the outside: what it is about, and what went wrong."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from reintegration.kernel.outbox import OutboxMessage
from reintegration.web.filters import translated

CHANNELS: Mapping[str, Any] = {"email": _l("E-mail")}

_UNREACHABLE = _l(
    "The mail server could not be reached. See that it runs and that its name is right."
)
_NOT_LET_IN = _l("The mail server did not let us in. See the user name and password in SMTP_URL.")
_LINE_BROKE = _l("The line broke after it was handed over.")
PROBLEMS: Mapping[str, Any] = {
    "OutcomeUnknown": _LINE_BROKE,
    "the sender did not come back": _l("It was being sent when the sender was stopped."),
    "SMTPRecipientsRefused": _l("The mail server does not take mail for that address."),
    "SMTPSenderRefused": _l("The mail server does not take mail from our address."),
    "SMTPAuthenticationError": _NOT_LET_IN,
    "SMTPNotSupportedError": _NOT_LET_IN,
    "SMTPServerDisconnected": _UNREACHABLE,
    "SMTPConnectError": _UNREACHABLE,
    "SSLCertVerificationError": _l("The certificate of the mail server is not valid for its name."),
    "ConnectionRefusedError": _UNREACHABLE,
    "TimeoutError": _UNREACHABLE,
    "gaierror": _UNREACHABLE,
}
"""Names of problems as the outbox keeps them, without the words that may tell for whom it was."""


def about(message: OutboxMessage) -> str:
    """Return what a message is about, in the words of the feature that sent it."""
    return translated(message.about)


def way(message: OutboxMessage) -> str:
    """Return by what a message leaves."""
    return str(CHANNELS.get(message.channel, message.channel))


def problem(message: OutboxMessage) -> str:
    """Return what went wrong and what to do; empty where nothing is known of it."""
    if not message.problem:
        return ""
    known = PROBLEMS.get(message.problem)
    return str(known or _("The mail server did not take it (%(code)s).", code=message.problem))
