"""Which languages people speak is a list that an institution keeps."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError, StatementError

from providers.directory.models import Site
from providers.directory.services import profiles
from providers.directory.services.profiles import Terms
from reintegration.cases.services import registration
from reintegration.cases.services.registration import CaseFacts
from reintegration.codelists.languages import Locale
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.spellings import spoken_words
from reintegration.codelists.spoken_languages import FEW, SPOKEN, Language, written_in
from reintegration.codelists.units import Unit
from reintegration.kernel.errors import Conflict, Invalid
from reintegration.kernel.money import Money
from reintegration.rulebook.services import deciding
from tests.at_once import at_once
from tests.factories.casework import make_casework
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.rules import set_rule
from tests.providers.makers import COUNSELLING

UKRAINIAN = Language({"ro": "Ucraineană", "ru": "Украинский", "en": "Ukrainian"}, Locale.RU)
OUT_OF_USE = replace(UKRAINIAN, in_use=False)


def propose(session, cast, value=UKRAINIAN, entry="uk", *, is_new=True, dan=None):
    return deciding.propose(
        session,
        SPOKEN,
        actor=dan or actor(session, cast.dan),
        value=value,
        first_day=TODAY + timedelta(days=1),
        reason="Vin persoane care o vorbesc",
        entry=entry,
        is_new=is_new,
        now=NOW,
    )


def terms(*languages):
    price = Money(20_000, "MDL")
    return Terms("Traducere", ServiceCategory.INTERPRETATION, Unit.HOUR, price, languages)


@pytest.fixture
def added(session, cast):
    return set_rule(session, cast, SPOKEN, UKRAINIAN, entry="uk")


@pytest.fixture
def out_of_use(session, cast, added):
    """A case and a service in a language that is not offered any more."""
    case = make_casework(session, cast).case
    site = session.get(Site, cast.offerings[COUNSELLING].site_id)
    maria = actor(session, cast.maria)
    offering = profiles.draft_offering(session, site, actor=maria, terms=terms("uk"), now=NOW)
    case.language = "uk"
    set_rule(session, cast, SPOKEN, OUT_OF_USE, entry="uk", since=TODAY)
    return case, offering


def test_a_person_and_a_service_may_have_a_language_that_was_added(session, cast, added):
    case = registration.register(
        session, actor=actor(session, cast.ana), facts=CaseFacts(language="uk"), now=NOW
    )
    site = session.get(Site, cast.offerings[COUNSELLING].site_id)
    offering = profiles.draft_offering(
        session, site, actor=actor(session, cast.maria), terms=terms("uk", "ro"), now=NOW
    )
    assert (case.language, offering.languages) == ("uk", ["ro", "uk"])
    assert (spoken_words()["украинскии"], written_in("uk")) == ("uk", Locale.RU)


def test_nobody_speaks_a_language_that_is_not_in_the_list(session, cast):
    with pytest.raises(Invalid, match="not offered"):
        registration.register(
            session, actor=actor(session, cast.ana), facts=CaseFacts(language="uk"), now=NOW
        )
    cast.offerings[COUNSELLING].languages = ["uk"]
    with pytest.raises(StatementError, match="nothing is registered"):
        session.flush()


def test_a_language_out_of_use_is_offered_to_nobody_else(session, cast, out_of_use):
    ana, maria = actor(session, cast.ana), actor(session, cast.maria)
    with pytest.raises(Invalid, match="not offered"):
        registration.register(session, actor=ana, facts=CaseFacts(language="uk"), now=NOW)
    site = session.get(Site, cast.offerings[COUNSELLING].site_id)
    other = replace(terms("uk"), name="Alta")
    with pytest.raises(Invalid, match="not offered"):
        profiles.draft_offering(session, site, actor=maria, terms=other, now=NOW)


def test_a_language_out_of_use_stays_where_it_was_chosen(session, cast, sign_in, out_of_use):
    case, offering = out_of_use
    facts = CaseFacts(language="uk", birth_year=1990)
    registration.edit_facts(session, case, actor=actor(session, cast.ana), facts=facts, now=NOW)
    more = terms("uk", "ro")
    profiles.edit_offering(session, offering, actor=actor(session, cast.maria), terms=more, now=NOW)
    assert (case.language, offering.languages) == ("uk", ["ro", "uk"])
    session.commit()
    page = sign_in(cast.ana).get(f"/cases/{case.id}/facts").text
    assert '<option selected value="uk">Ucraineană' in page
    assert "Ucraineană" not in sign_in(cast.ana).get("/cases/register").text


@pytest.mark.parametrize("code", ["ukrainian", "u", "u1", "UK"])
def test_a_language_has_a_code_of_iso_639(session, cast, code):
    with pytest.raises(Invalid) as refused:
        propose(session, cast, entry=code)
    assert refused.value.field == "entry"


def test_a_language_has_a_name_in_all_three(session, cast):
    with pytest.raises(Invalid) as refused:
        propose(session, cast, replace(UKRAINIAN, name={**UKRAINIAN.name, "ru": " "}))
    assert refused.value.field == "value_name_ru"


def test_of_two_who_propose_one_language_at_once_one_is_heard(session, cast):
    dan = actor(session, cast.dan)
    answers = at_once(session, *[lambda own: propose(own, cast, dan=dan)] * 2)
    refused = [one for one in answers if isinstance(one, Conflict | IntegrityError)]
    assert len(refused) == 1, answers


def test_a_few_who_speak_it_are_not_counted_out(session, cast, added):
    make_casework(session, cast).case.language = "uk"
    session.flush()
    version = propose(session, cast, OUT_OF_USE, is_new=False)
    (people,) = deciding.consequences(session, SPOKEN, version)
    assert (people.count, "fewer than" in people.message) == (FEW, True)
