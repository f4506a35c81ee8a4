"""Mails about an account: in the reader's language, naming neither the programme nor a place."""

from datetime import datetime

from sqlalchemy.orm import Session

from reintegration.accounts.models import User
from reintegration.kernel import outbox
from reintegration.kernel.clock import local_day
from reintegration.kernel.db import keyring
from reintegration.kernel.errors import N_
from reintegration.kernel.message_texts import MessageText, Outgoing, in_three

_FACTS = {"url": "https://login.example/account/link?key=7Q2M"}

INVITATION = Outgoing(
    "invitation",
    N_("Invitation of somebody new"),
    MessageText(
        in_three("Acces", "Доступ", "Access"),
        in_three(
            "Aveți un cont nou. Alegeți-vă parola aici, în 30 de minute:\n{url}\n\n"
            "Linkul servește o singură dată. Dacă nu mai merge, cereți altul la intrare.",
            "Для вас открыта учётная запись. Выберите пароль, в течение 30 минут:\n{url}\n\n"
            "Ссылка действует один раз. Если она не открывается, запросите другую на входе.",
            "You have a new account. Choose your password here, within 30 minutes:\n{url}\n\n"
            "The link works once. If it does not, ask for another on the page where you sign in.",
        ),
    ),
    _FACTS,
)
RESET = Outgoing(
    "new_password",
    N_("Link to a new password"),
    MessageText(
        in_three("Parolă nouă", "Новый пароль", "New password"),
        in_three(
            "Alegeți o parolă nouă aici, în 30 de minute:\n{url}\n\n"
            "Linkul servește o singură dată. Dacă nu l-ați cerut, nu faceți nimic: parola rămâne.",
            "Выберите новый пароль здесь, в течение 30 минут:\n{url}\n\n"
            "Ссылка действует один раз. Если вы её не запрашивали, ничего не делайте: "
            "пароль остаётся прежним.",
            "Choose a new password here, within 30 minutes:\n{url}\n\n"
            "The link works once. If you did not ask for it, do nothing: your password stays.",
        ),
    ),
    _FACTS,
)
FACTOR_GONE = Outgoing(
    "second_factor_removed",
    N_("Notice that a second step was removed"),
    MessageText(
        in_three("Al doilea pas", "Второй шаг", "Second step"),
        in_three(
            "Un administrator a șters al doilea pas al intrării dumneavoastră. La următoarea"
            " intrare îl stabiliți din nou. Dacă nu ați cerut aceasta, sunați-ne astăzi.",
            "Администратор сбросил второй шаг вашего входа. При следующем входе вы настроите его"
            " снова. Если вы об этом не просили, позвоните нам сегодня.",
            "An administrator has reset the second step of your sign-in. You set it up again when"
            " you sign in next. If you did not ask for it, call us today.",
        ),
    ),
)


def write(
    session: Session, user: User, letter: Outgoing, *, key: str, now: datetime, url: str = ""
) -> None:
    """Queue a letter to a person, its text under a seal: a link in it opens their account."""
    written = letter.written(local_day(now), user.locale, url=url)
    sealed = keyring(session).seal_mail(written.text, key=key)
    payload = {"to": user.email, "subject": written.subject, "sealed": sealed}
    outbox.put(session, channel="email", key=key, payload=payload, now=now, wording=written.wording)
