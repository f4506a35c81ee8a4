"""How messages leave: SMTP where it is set; in the demo, files in `instance/outbox/`."""

import smtplib
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import unquote, urlsplit

from flask import current_app

from reintegration.kernel.crypto import Keyring
from reintegration.kernel.outbox import Channel, OutboxMessage, OutcomeUnknown
from reintegration.settings import Settings


def _leave(message: OutboxMessage) -> None:
    settings: Settings = current_app.extensions["settings"]
    if settings.smtp_url:
        _send(settings, _email(settings, message))
    else:
        _to_file(settings, message)


def _email(settings: Settings, message: OutboxMessage) -> EmailMessage:
    """Make a plain mail; its words name neither the programme nor a place."""
    mail = EmailMessage()
    mail["To"] = message.payload["to"]
    mail["From"] = Address(settings.sender, addr_spec=settings.mail_from)
    mail["Subject"] = message.payload["subject"]
    mail["Date"] = message.queued_at
    mail["Message-ID"] = f"<{message.id}@{settings.mail_from.partition('@')[2]}>"
    mail.set_content(_text(message))
    return mail


def _text(message: OutboxMessage) -> str:
    """Return what the mail says; what opens an account waited under a seal."""
    sealed = message.payload.get("sealed")
    if sealed is None:
        return str(message.payload["text"])
    return _keys().unseal_mail(sealed, key=message.idempotency_key)


def _keys() -> Keyring:
    found: Keyring = current_app.extensions["keyring"]
    return found


def _to_file(settings: Settings, message: OutboxMessage) -> None:
    folder = settings.instance / "outbox"
    folder.mkdir(parents=True, exist_ok=True)
    content = _email(settings, message).as_bytes(policy=SMTP)
    (folder / f"{message.id}.eml").write_bytes(content)


def _send(settings: Settings, mail: EmailMessage) -> None:
    url = urlsplit(settings.smtp_url or "")
    with smtplib.SMTP(url.hostname or "localhost", url.port or 587, timeout=20) as server:
        if url.username:
            server.starttls()
            server.login(unquote(url.username), unquote(url.password or ""))
        try:
            server.send_message(mail)
        except (TimeoutError, smtplib.SMTPServerDisconnected) as problem:
            raise OutcomeUnknown(str(problem)) from problem


CHANNEL = Channel("email", _leave)
"""How mail leaves.

A mail program shows two mails of one Message-ID as one, but a mail server takes both and cannot be
asked: a person decides what becomes of a mail that may have left.
"""
