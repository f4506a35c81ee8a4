"""Links by mail: single use, half an hour, and no word on who has an account."""

import re
from datetime import timedelta
from statistics import median
from time import perf_counter

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from reintegration import settings
from reintegration.accounts.models import AccountLink
from reintegration.accounts.services import links
from reintegration.accounts.services import sign_in as sign_ins
from reintegration.kernel import clock, crypto
from reintegration.kernel.crypto import Keyring, SealBroken
from reintegration.kernel.outbox import OutboxMessage
from reintegration.operations import mail, outbox_lane
from tests.factories.cast import PASSWORD
from tests.factories.factors import enrol, letters_to, path_of_link
from tests.test_settings import PRODUCTION
from tests.travel import travel

NEW = "four calm green hills"


@pytest.fixture
def asked(app, client, session):
    """Return a function that asks for a link and lets the scheduler answer; it returns the keys."""

    def ask(email):
        assert client.post("/account/forgot", data={"email": email}).status_code == 200
        session.commit()
        outbox_lane.deliver_due(app, clock.now())
        session.expire_all()
        return [path_of_link(one).split("key=")[1] for one in letters_to(session, email)]

    return ask


def use(client, key, new=NEW):
    return client.post("/account/link?lang=en", data={"key": key, "new": new})


def test_who_forgot_a_password_chooses_another_by_mail_and_is_signed_in(client, cast, asked):
    [key] = asked(cast.ana.email)
    assert use(client, key).location == "/"
    assert client.get("/account/today").status_code == 200
    client.post("/account/sign-out")
    for password, status in ((PASSWORD, 422), (NEW, 302)):
        typed = {"email": cast.ana.email, "password": password}
        assert client.post("/account/sign-in", data=typed).status_code == status


def test_a_link_serves_once(app, client, cast, asked):
    [key] = asked(cast.ana.email)
    use(client, key)
    again = use(app.test_client(), key, "another quiet morning")
    assert again.status_code == 409
    assert "Ask for another" in again.text
    page = app.test_client().get(f"/account/link?key={key}&lang=en")
    assert (page.status_code, "/account/forgot" in page.text) == (409, True)


def test_a_link_serves_for_half_an_hour(client, cast, asked):
    with travel(clock.now(), tick=False) as traveller:
        [key] = asked(cast.ana.email)
        traveller.shift(links.LINK_FOR - timedelta(seconds=1))
        assert client.get(f"/account/link?key={key}").status_code == 200
        traveller.shift(timedelta(seconds=2))  # the mail took a moment
        assert use(client, key).status_code == 409


@pytest.mark.parametrize("key", ["", "x", "0" * 64])
def test_a_guessed_link_is_answered_like_an_old_one(client, cast, key):
    page = client.get(f"/account/link?key={key}&lang=en")
    assert page.status_code == 409
    assert "used already or is older" in page.text


def test_a_link_that_was_used_ends_the_others(client, cast, asked):
    asked(cast.ana.email)
    first, second = asked(cast.ana.email)
    use(client, first)
    assert use(client, second, "another quiet morning").status_code == 409


def test_a_password_that_is_refused_leaves_the_link_as_it_is(client, cast, asked):
    [key] = asked(cast.ana.email)
    assert use(client, key, "Ana Lungu Ana Lungu").status_code == 422
    assert use(client, key).status_code == 302


def test_a_link_of_a_closed_account_opens_nothing_and_none_is_sent(client, cast, asked, session):
    [key] = asked(cast.ana.email)
    cast.ana.disabled_at = clock.now()
    session.commit()
    assert use(client, key).status_code == 409
    assert len(asked(cast.ana.email)) == 1


def test_a_new_password_ends_every_session_of_before(app, client, cast, asked, sign_in):
    there = sign_in(cast.ana)
    [key] = asked(cast.ana.email)
    use(client, key)
    assert there.get("/account/today").status_code == 302


def test_a_link_replaces_the_password_and_not_the_second_factor(client, cast, asked, session):
    enrol(session, cast.ana, now=clock.now())
    [key] = asked(cast.ana.email)
    assert use(client, key).location == "/account/second-factor"
    assert client.get("/account/today").status_code == 302


def test_nobody_learns_from_asking_whether_an_account_exists(app, cast, session):
    def ask(email):
        page = app.test_client().post("/account/forgot?lang=en", data={"email": email})
        return page.status_code, re.sub(r'(nonce|value)="[^"]*"', "", page.text).replace(email, "")

    assert ask(cast.ana.email) == ask("nobody@demo.example")


def test_asking_does_the_same_work_for_an_address_that_nobody_has(client, cast, session, sent):
    def statements(email):
        sent.clear()
        client.post("/account/forgot", data={"email": email})
        return list(sent)

    statements(cast.ana.email)
    assert statements(cast.ana.email) == statements("nobody@demo.example")


@pytest.mark.deep
def test_asking_takes_as_long_for_an_address_that_nobody_has(client, cast, session):
    def seconds(email):
        began = perf_counter()
        client.post("/account/forgot", data={"email": email})
        return perf_counter() - began

    pairs = [(seconds(cast.ana.email), seconds(f"no{n}@demo.example")) for n in range(15)]
    with_account, without = (median(side) for side in zip(*pairs, strict=True))
    assert abs(with_account - without) < 0.5 * max(with_account, without)


def test_a_person_is_sent_no_more_than_a_few_links_and_all_of_them_open(client, cast, asked):
    keys = [asked(cast.ana.email) for _ in range(links.PER_PERSON.tries + 2)][-1]
    assert len(keys) == links.PER_PERSON.tries
    assert all(client.get(f"/account/link?key={key}").status_code == 200 for key in keys)


def test_the_database_holds_nothing_by_which_an_account_opens(cast, asked, session):
    [key] = asked(cast.ana.email)
    link = session.scalars(select(AccountLink)).one()
    assert link.hash == crypto.token_hash(key)
    messages = session.scalars(select(OutboxMessage)).all()
    assert all(key not in str(one.payload) for one in messages)
    assert all("ana@" not in str(one.payload) for one in messages if one.channel == "reset")


def test_a_mail_under_a_seal_opens_with_no_other_key_and_as_no_other_message(cast, asked, session):
    asked(cast.ana.email)
    message = session.scalar(select(OutboxMessage).where(OutboxMessage.channel == "email"))
    keys = session.info["keyring"]
    for other, key in ((Keyring(b"k" * 32), message.idempotency_key), (keys, "account_link:1")):
        with pytest.raises(SealBroken):
            other.unseal_mail(message.payload["sealed"], key=key)


@pytest.mark.parametrize("language", ["ro", "ru", "en"])
def test_the_mail_names_neither_the_programme_nor_what_it_is_about(
    cast, asked, session, tmp_path, language
):
    cast.ana.locale = language
    session.commit()
    asked(cast.ana.email)
    message = session.scalar(select(OutboxMessage).where(OutboxMessage.channel == "email"))
    house = Flask("house")
    given = PRODUCTION | {"PUNTE_INSTANCE": str(tmp_path), "PUNTE_PUBLIC_NAME": "Birou"}
    house.extensions["settings"] = settings.from_environment(given)
    house.extensions["keyring"] = keys = house.extensions["settings"].new_keyring()
    letter = letters_to(session, cast.ana.email)[0]
    sealed = message.payload | {"sealed": keys.seal_mail(letter, key=message.idempotency_key)}
    told = OutboxMessage(
        id=message.id,
        idempotency_key=message.idempotency_key,
        channel="email",
        queued_at=message.queued_at,
        payload=sealed,
    )
    with house.app_context():
        mailed = mail._email(house.extensions["settings"], told)
    whole = f"{mailed['Subject']} {mailed['From']} {mailed.get_content()}".casefold()
    assert "/account/link?key=" in whole
    for word in ("punte", "trafic", "traffic", "торгов", "reintegr", "victim", "жертв"):
        assert word not in whole


def test_many_questions_from_one_network_are_refused_in_words(client, cast):
    spent = [
        client.post("/account/forgot", data={"email": f"a{n}@demo.example"}).status_code
        for n in range(links.PER_NETWORK.tries + 1)
    ]
    assert spent == [200] * links.PER_NETWORK.tries + [429]


def test_a_link_lets_in_who_was_locked_out(client, cast, asked):
    for _ in range(sign_ins.PER_ACCOUNT.tries + 1):
        typed = {"email": cast.ana.email, "password": "wrong"}
        locked = client.post("/account/sign-in?lang=en", data=typed)
    assert locked.status_code == 429
    assert "ask for a link by mail" in locked.text
    [key] = asked(cast.ana.email)
    assert use(client, key).location == "/"


def test_two_who_use_one_link_at_once_set_one_password(app, cast, asked, session):
    from concurrent.futures import ThreadPoolExecutor

    [key] = asked(cast.ana.email)
    session.commit()
    with ThreadPoolExecutor(2) as threads:
        answers = list(
            threads.map(lambda new: use(app.test_client(), key, new).status_code, [NEW, NEW + "!"])
        )
    assert min(answers) == 302
    assert max(answers) in (409, 503), "a busy house may say that it is busy, and keeps nothing"


def test_links_of_before_are_not_counted_for_ever(client, cast, asked, session):
    for _ in range(links.PER_PERSON.tries):
        asked(cast.ana.email)
    long_ago = clock.now() - links.PER_PERSON.window
    session.execute(
        update(AccountLink).values(made_at=long_ago, expires_at=long_ago + links.LINK_FOR)
    )
    asked(cast.ana.email)
    made = select(func.count()).select_from(AccountLink)
    assert session.scalar(made) == links.PER_PERSON.tries + 1
