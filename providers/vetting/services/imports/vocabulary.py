"""The words that people write in the head and in the cells, in three languages."""

from collections.abc import Mapping

from providers.directory.states import Jurisdiction
from reintegration.codelists.currencies import CURRENCIES
from reintegration.codelists.people import SexPolicy
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.spoken_languages import offered
from reintegration.codelists.territorial_units import TERRITORIAL_UNITS
from reintegration.codelists.units import Unit
from reintegration.kernel.clock import local_day, now
from reintegration.kernel.text import plain


def _table(words: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {plain(word): value for value, known in words.items() for word in (value, *known)}


HEADERS = _table(
    {
        "organisation": (
            "organization",
            "provider",
            "organizație",
            "prestator",
            "denumire",
            "организация",
            "поставщик",
            "название организации",
        ),
        "identifier": (
            "id number",
            "idno",
            "cod fiscal",
            "identificator",
            "фискальный код",
            "идентификатор",
            "идно",
        ),
        "jurisdiction": ("bank of the nistru", "jurisdicție", "mal", "юрисдикция", "берег"),
        "email": ("e-mail", "mail", "poștă electronică", "эл почта", "почта", "электронная почта"),
        "phone": ("telephone", "telefon", "телефон"),
        "site": ("location", "sediu", "loc", "filială", "место", "филиал", "точка"),
        "territorial_unit": (
            "district",
            "unit territorial",
            "raion",
            "unitate teritorială",
            "район",
            "территориальная единица",
        ),
        "locality": ("town", "localitate", "oraș", "населенный пункт", "город", "село"),
        "address": ("adresă", "адрес"),
        "confidential": ("secret", "confidențial", "конфиденциально", "конфиденциальный"),
        "category": (
            "kind of service",
            "service category",
            "categorie",
            "categoria serviciului",
            "категория",
            "категория услуги",
        ),
        "service": (
            "service name",
            "serviciu",
            "denumirea serviciului",
            "услуга",
            "название услуги",
        ),
        "unit": ("unit of service", "unitate", "unitate de măsură", "единица", "единица измерения"),
        "price": ("unit price", "preț", "tarif", "цена", "тариф"),
        "currency": ("valută", "moneda", "валюта"),
        "languages": ("language", "limbi", "limba", "языки", "язык"),
        "sex_policy": ("for whom", "sex", "gen", "pentru cine", "пол", "для кого"),
        "min_age": ("minimum age", "lowest age", "vârsta minimă", "минимальный возраст"),
        "max_age": ("maximum age", "highest age", "vârsta maximă", "максимальный возраст"),
        "accepts_children": (
            "children",
            "copii",
            "cu copii",
            "acceptă copii",
            "дети",
            "с детьми",
            "принимает детей",
        ),
        "capacity": ("places", "locuri", "capacitate", "места", "вместимость"),
    }
)

_SPELLED = _table(
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
    named = _table({code: tuple(code.today.name.values()) for code in ServiceCategory})
    return {**_SPELLED, **named}


UNIT_WORDS = _table(
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

_MORE_LANGUAGE_WORDS = {"ro": ("молдавский",)}
"""What people write instead of the name that a language has in the list."""

SEX_WORDS = _table(
    {
        SexPolicy.ANY: ("everyone", "all", "toți", "oricine", "все", "любой", "всех"),
        SexPolicy.FEMALE: ("women", "woman", "f", "femei", "feminin", "женщины", "женский"),
        SexPolicy.MALE: ("men", "man", "m", "bărbați", "masculin", "мужчины", "мужской"),
    }
)

YES_WORDS = _table(
    {"yes": ("y", "true", "1", "da", "x", "да"), "no": ("n", "false", "0", "nu", "нет", "-", "")}
)

JURISDICTION_WORDS = _table(
    {
        Jurisdiction.RIGHT_BANK: ("right", "dreapta", "malul drept", "правый", "правый берег"),
        Jurisdiction.LEFT_BANK: ("left", "stânga", "malul stâng", "левый", "левый берег"),
        Jurisdiction.ABROAD: ("străinătate", "alt stat", "за рубежом", "другая страна"),
    }
)


def language_words() -> dict[str, str]:
    """Return what a language may be called: its code, or its name in any of the three."""
    listed = offered(local_day(now()))
    names = {code: tuple(one.name.values()) for code, one in listed.items()}
    return _table(
        {code: (*words, *_MORE_LANGUAGE_WORDS.get(code, ())) for code, words in names.items()}
    )


def allowed() -> dict[str, list[tuple[str, ...]]]:
    """Return what may stand in the cells of a column of codes: a group of words for each code."""
    known = {
        "territorial unit": {unit.name: unit.name for unit in TERRITORIAL_UNITS.values()},
        "category": category_words(),
        "unit": UNIT_WORDS,
        "languages": language_words(),
        "sex policy": SEX_WORDS,
        "jurisdiction": JURISDICTION_WORDS,
        "confidential, accepts children": YES_WORDS,
        "currency": {code: code for code in CURRENCIES},
    }
    return {column: _grouped(words) for column, words in known.items()}


def _grouped(words: Mapping[str, str]) -> list[tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for word, value in words.items():
        groups.setdefault(value, []).append(word)
    return [tuple(filter(None, group)) for group in groups.values()]
