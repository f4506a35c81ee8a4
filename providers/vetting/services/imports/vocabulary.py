"""The words that people write in the head and in the cells, in three languages."""

from providers.directory.states import Jurisdiction
from reintegration.codelists.spellings import (
    CURRENCY_WORDS,
    DISTRICT_WORDS,
    SEX_POLICY_WORDS,
    UNIT_WORDS,
    YES_WORDS,
    category_words,
    grouped,
    spelled,
    spoken_words,
)

HEADERS = spelled(
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


JURISDICTION_WORDS = spelled(
    {
        Jurisdiction.RIGHT_BANK: ("right", "dreapta", "malul drept", "правый", "правый берег"),
        Jurisdiction.LEFT_BANK: ("left", "stânga", "malul stâng", "левый", "левый берег"),
        Jurisdiction.ABROAD: ("străinătate", "alt stat", "за рубежом", "другая страна"),
    }
)


def allowed() -> dict[str, list[tuple[str, ...]]]:
    """Return what may stand in the cells of a column of codes: a group of words for each code."""
    known = {
        "territorial unit": DISTRICT_WORDS,
        "category": category_words(),
        "unit": UNIT_WORDS,
        "languages": spoken_words(),
        "sex policy": SEX_POLICY_WORDS,
        "jurisdiction": JURISDICTION_WORDS,
        "confidential, accepts children": YES_WORDS,
        "currency": CURRENCY_WORDS,
    }
    return {column: grouped(words) for column, words in known.items()}
