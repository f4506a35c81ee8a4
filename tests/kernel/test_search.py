"""Finding by words: beginnings of words, however they are spelled, and an index that serves it."""

import pytest
from sqlalchemy import func, select

from reintegration.accounts.models import Organisation, User
from reintegration.kernel.db import act_as
from reintegration.kernel.search import has_words, is_called
from tests.factories.cast import actor
from tests.factories.payments import make_claim
from vouchers.payments.models import Claim


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Centrul Speranța", "speranta"),
        ("Centrul Speranţa", "SPERANȚ"),
        ("Centrul Speranța", "sper centr"),
        ("Lăstun-1460", "lastun-14"),
        ("Lăstun-1460", "1460"),
        ("V-HRDDG3GJ", "v hrdd"),
        ("C-6Y18Z2", "С-6У18"),  # typed with a Cyrillic keyboard
        ("Центр Надежда", "надеж"),
        ("Алёна", "алена"),
        ("ana.lungu@demo.example", "ana.lungu@demo"),
        ("MD24AG000000022512345699", "md24ag"),
    ],
)
def test_the_beginnings_of_words_find_a_text(session, text, said):
    assert session.scalar(select(func.punte_words(text).bool_op("@@")(func.punte_sought(said))))


@pytest.mark.parametrize("said", ["", " ", "%", "'", "':*", "!", "&", "speranta x", "eranta", "\\"])
def test_what_is_no_word_or_begins_none_finds_nothing(session, said):
    question = func.punte_words("Centrul Speranța").bool_op("@@")(func.punte_sought(said))
    assert not session.scalar(select(question))


def test_a_text_of_any_length_has_words(session):
    assert session.scalar(select(func.length(func.punte_words("x" * 5000 + " y")))) == 1


def test_a_guarded_table_is_searched_within_what_one_may_see(session, cast):
    claim = make_claim(session, cast)
    session.commit()
    found = select(Claim.id).where(is_called(Claim, claim.reference.lower()))
    assert session.scalars(found).all() == [claim.id]
    for person, seen in ((cast.petru, [claim.id]), (cast.ana, [])):
        act_as(session, actor(session, person))
        assert session.scalars(found).all() == seen


@pytest.mark.parametrize(
    "question",
    [
        select(Organisation.id).where(has_words("centr", Organisation.name)),
        select(User.id).where(has_words("ana", User.name, User.email)),
    ],
)
def test_an_index_serves_a_search(session, question):
    session.execute(select(func.set_config("enable_seqscan", "off", True)))
    told = question.compile(session.connection(), compile_kwargs={"literal_binds": True})
    plan = session.connection().exec_driver_sql(f"EXPLAIN {told}").scalars().all()
    assert any("_words" in line for line in plan), plan
