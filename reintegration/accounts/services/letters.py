"""Mails about an account: in the reader's language, naming neither the programme nor a place."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from reintegration.accounts.models import User
from reintegration.codelists.languages import Locale
from reintegration.kernel import outbox
from reintegration.kernel.db import keyring

Letter = Mapping[Locale, tuple[str, str]]
"""Subject and text, which may hold `{url}`."""

INVITATION: Letter = {
    Locale.RO: (
        "Acces",
        (
            "Aveți un cont nou. Alegeți-vă parola aici, în 30 de minute:\n{url}\n\n"
            "Linkul servește o singură dată. Dacă nu mai merge, cereți altul la intrare.\n"
        ),
    ),
    Locale.RU: (
        "Доступ",
        (
            "Для вас открыта учётная запись. Выберите пароль, в течение 30 минут:\n{url}\n\n"
            "Ссылка действует один раз. Если она не открывается, запросите другую на входе.\n"
        ),
    ),
    Locale.EN: (
        "Access",
        (
            "You have a new account. Choose your password here, within 30 minutes:\n{url}\n\n"
            "The link works once. If it does not, ask for another on the page where you sign in.\n"
        ),
    ),
}
RESET: Letter = {
    Locale.RO: (
        "Parolă nouă",
        (
            "Alegeți o parolă nouă aici, în 30 de minute:\n{url}\n\n"
            "Linkul servește o singură dată. Dacă nu l-ați cerut, nu faceți nimic: parola rămâne.\n"
        ),
    ),
    Locale.RU: (
        "Новый пароль",
        (
            "Выберите новый пароль здесь, в течение 30 минут:\n{url}\n\n"
            "Ссылка действует один раз. Если вы её не запрашивали, ничего не делайте: "
            "пароль остаётся прежним.\n"
        ),
    ),
    Locale.EN: (
        "New password",
        (
            "Choose a new password here, within 30 minutes:\n{url}\n\n"
            "The link works once. If you did not ask for it, do nothing: your password stays.\n"
        ),
    ),
}

FACTOR_GONE: Letter = {
    Locale.RO: (
        "Al doilea pas",
        (
            "Un administrator a șters al doilea pas al intrării dumneavoastră. La următoarea"
            " intrare îl stabiliți din nou. Dacă nu ați cerut aceasta, sunați-ne astăzi.\n"
        ),
    ),
    Locale.RU: (
        "Второй шаг",
        (
            "Администратор сбросил второй шаг вашего входа. При следующем входе вы настроите его"
            " снова. Если вы об этом не просили, позвоните нам сегодня.\n"
        ),
    ),
    Locale.EN: (
        "Second step",
        (
            "An administrator has reset the second step of your sign-in. You set it up again when"
            " you sign in next. If you did not ask for it, call us today.\n"
        ),
    ),
}


def write(
    session: Session, user: User, letter: Letter, *, key: str, now: datetime, url: str = ""
) -> None:
    """Queue a letter to a person, its text under a seal: a link in it opens their account."""
    subject, text = letter[user.locale]
    sealed = keyring(session).seal_mail(text.format(url=url), key=key)
    payload = {"to": user.email, "subject": subject, "sealed": sealed}
    outbox.put(session, channel="email", key=key, payload=payload, now=now)
