"""What a mail says of its sender: words and an address that are settings, and nothing else."""

from email import message_from_bytes, policy
from email.headerregistry import Address
from pathlib import Path

import pytest
from flask import Flask

from reintegration import settings
from reintegration.kernel.ids import new_id
from reintegration.kernel.outbox import OutboxMessage
from reintegration.operations import mail
from tests.factories.cast import NOW
from tests.test_settings import PRODUCTION


@pytest.fixture
def written(tmp_path: Path):
    """Return a function that writes a mail under these settings and reads it as a mail program."""

    def write(**given):
        house = Flask("house")
        house.extensions["settings"] = settings.from_environment(
            PRODUCTION | {"PUNTE_INSTANCE": str(tmp_path)} | given
        )
        message = OutboxMessage(
            id=new_id(),
            idempotency_key="referral:1:sent",
            channel="email",
            queued_at=NOW,
            payload={"to": "desk@demo.example", "subject": "Solicitare", "text": "Intrați."},
        )
        mail._to_file(house.extensions["settings"], message)
        file = tmp_path / "outbox" / f"{message.id}.eml"
        return message, message_from_bytes(file.read_bytes(), policy=policy.default)

    return write


def test_sender_and_domain_are_the_setting(written):
    message, found = written(PUNTE_MAIL_FROM="birou@example.org")
    assert found["From"].addresses == (Address("Servicii", addr_spec="birou@example.org"),)
    assert found["Message-ID"] == f"<{message.id}@example.org>"
    assert found["Date"].datetime == NOW
    assert "referral" not in found.as_string()
    assert "localhost" not in found.as_string()


@pytest.mark.parametrize("sender", ["Servicii, Chișinău", 'Birou "Nord"', "Услуги <север>"])
def test_the_senders_words_are_one_name_whatever_they_hold(written, sender):
    _, found = written(PUNTE_SENDER=sender)
    assert found["From"].addresses == (Address(sender, addr_spec="office@example.org"),)


def test_a_retry_is_the_same_message_to_whoever_receives_it(written):
    message, found = written()
    again = mail._email(settings.from_environment(PRODUCTION), message)
    assert again["Message-ID"] == found["Message-ID"]
