"""How the lists of others spell our codes, in three languages: a word or a code to its code."""

from collections.abc import Mapping

from reintegration.codelists.currencies import CURRENCIES
from reintegration.codelists.languages import Locale
from reintegration.codelists.people import Sex, SexPolicy
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.spoken_languages import offered
from reintegration.codelists.territorial_units import TERRITORIAL_UNITS
from reintegration.codelists.units import Unit
from reintegration.kernel.clock import local_day, now
from reintegration.kernel.text import plain


def spelled(words: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Return each plain spelling of a code, and the code itself, to the code."""
    return {plain(word): value for value, known in words.items() for word in (value, *known)}


_CATEGORY_WORDS = spelled(
    {
        ServiceCategory.SHELTER: (
            "temporary accommodation",
            "cazare temporară",
            "adăpost",
            "cazare",
            "временное жилье",
            "приют",
        ),
        ServiceCategory.RENTED_HOUSING: (
            "rented housing",
            "locuință închiriată",
            "chirie",
            "аренда жилья",
            "съемное жилье",
        ),
        ServiceCategory.BASIC_NEEDS: (
            "food and basic needs",
            "necesități de bază",
            "alimente",
            "питание",
            "базовые потребности",
        ),
        ServiceCategory.MEDICAL: (
            "medical care",
            "asistență medicală",
            "medicină",
            "медицинская помощь",
            "медицина",
        ),
        ServiceCategory.MENTAL_HEALTH: (
            "counselling",
            "counseling",
            "consiliere",
            "consiliere psihologică",
            "psiholog",
            "консультирование",
            "психолог",
            "психологическая помощь",
        ),
        ServiceCategory.LEGAL_AID: ("asistență juridică", "jurist", "юридическая помощь"),
        ServiceCategory.DOCUMENTS: (
            "identity and civil documents",
            "acte",
            "acte de identitate",
            "документы",
        ),
        ServiceCategory.EDUCATION: ("educație", "studii", "образование", "учеба"),
        ServiceCategory.VOCATIONAL_TRAINING: (
            "formare profesională",
            "curs profesional",
            "профессиональное обучение",
            "профобучение",
        ),
        ServiceCategory.EMPLOYMENT: (
            "help to find work",
            "angajare",
            "ajutor la angajare",
            "трудоустройство",
        ),
        ServiceCategory.BUSINESS_START_UP: (
            "starting a small business",
            "mică afacere",
            "afacere",
            "малый бизнес",
            "открытие бизнеса",
        ),
        ServiceCategory.FAMILY_MEDIATION: ("mediere familială", "mediere", "семейная медиация"),
        ServiceCategory.CHILDCARE: (
            "îngrijirea copiilor",
            "creșă",
            "уход за детьми",
            "присмотр за детьми",
        ),
        ServiceCategory.SOCIAL_PROTECTION: (
            "help with social benefits",
            "protecție socială",
            "prestații sociale",
            "социальная защита",
            "социальные выплаты",
        ),
        ServiceCategory.TRANSPORT: ("taxi", "transport", "транспорт", "такси"),
        ServiceCategory.INTERPRETATION: ("interpretare", "traducere", "устный перевод", "перевод"),
    }
)
"""How lists of others spell the categories that came with Punte."""


def category_words() -> dict[str, str]:
    """Return what may stand for a category: its code, its names of today, and other spellings."""
    named = spelled({code: tuple(code.today.name.values()) for code in ServiceCategory})
    return {**_CATEGORY_WORDS, **named}


UNIT_WORDS = spelled(
    {
        Unit.NIGHT: ("nights", "noapte", "nopți", "ночь", "ночи"),
        Unit.SESSION: ("sessions", "ședință", "ședințe", "сеанс", "сессия", "встреча"),
        Unit.HOUR: ("hours", "oră", "ore", "час", "часы"),
        Unit.VISIT: ("visits", "vizită", "vizite", "визит", "прием"),
        Unit.COURSE: ("courses", "curs", "cursuri", "курс"),
        Unit.DAY: ("days", "zi", "zile", "день", "дни"),
        Unit.RIDE: ("rides", "cursă", "călătorie", "поездка"),
        Unit.MONTH: ("months", "lună", "luni", "месяц"),
        Unit.ITEM: ("items", "bucată", "act", "штука", "документ"),
        Unit.AMOUNT: ("amount of money", "sumă", "сумма"),
    }
)

LOCALE_WORDS = spelled(
    {
        Locale.RO: ("romanian", "română", "румынский", "молдавский"),
        Locale.RU: ("russian", "rusă", "русский"),
        Locale.EN: ("english", "engleză", "английский"),
    }
)
_MORE_LANGUAGE_WORDS = {"ro": ("молдавский",)}
"""What people write instead of the name that a language has in the list."""


def spoken_words() -> dict[str, str]:
    """Return what a person's language may be called: its code, or its name in any of the three."""
    listed = offered(local_day(now()))
    names = {code: tuple(one.name.values()) for code, one in listed.items()}
    return spelled(
        {code: (*words, *_MORE_LANGUAGE_WORDS.get(code, ())) for code, words in names.items()}
    )


SEX_POLICY_WORDS = spelled(
    {
        SexPolicy.ANY: ("everyone", "all", "toți", "oricine", "все", "любой", "всех"),
        SexPolicy.FEMALE: ("women", "woman", "f", "femei", "feminin", "женщины", "женский"),
        SexPolicy.MALE: ("men", "man", "m", "bărbați", "masculin", "мужчины", "мужской"),
    }
)

YES_WORDS = spelled(
    {"yes": ("y", "true", "1", "da", "x", "да"), "no": ("n", "false", "0", "nu", "нет", "-", "")}
)

SEX_WORDS = spelled(
    {
        Sex.FEMALE: ("woman", "f", "femeie", "feminin", "женщина", "женский", "ж"),
        Sex.MALE: ("man", "m", "bărbat", "masculin", "мужчина", "мужской", "м"),
        Sex.UNSPECIFIED: ("not said", "", "-", "nespecificat", "не указан"),
    }
)
DISTRICT_WORDS = {unit.name: unit.name for unit in TERRITORIAL_UNITS.values()}
CURRENCY_WORDS = {code: code for code in CURRENCIES}


def grouped(words: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Return what may stand in a cell: a group of spellings for each code."""
    groups: dict[str, list[str]] = {}
    for word, value in words.items():
        groups.setdefault(value, []).append(word)
    return [tuple(filter(None, group)) for group in groups.values()]
