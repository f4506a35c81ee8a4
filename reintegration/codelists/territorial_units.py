"""The districts of Moldova on both banks of the Nistru: ISO 3166-2:MD."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from reintegration.kernel.text import plain


class Bank(StrEnum):
    """The bank of the Nistru; it says nothing about status."""

    RIGHT = "right"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class TerritorialUnit:
    """A first-tier unit; names are proper names. Coordinates (degrees) serve rough distances."""

    code: str
    name: str
    bank: Bank
    latitude: float
    longitude: float


# Names: ISO 3166-2:MD. Coordinates: seats of the units, to two decimals.
_UNITS = (
    TerritorialUnit("MD-CU", "Chișinău", Bank.RIGHT, 47.01, 28.86),
    TerritorialUnit("MD-BA", "Bălți", Bank.RIGHT, 47.76, 27.93),
    TerritorialUnit("MD-BD", "Bender", Bank.LEFT, 46.83, 29.48),
    TerritorialUnit("MD-GA", "Găgăuzia", Bank.RIGHT, 46.30, 28.66),
    TerritorialUnit("MD-SN", "Stînga Nistrului", Bank.LEFT, 46.84, 29.63),
    TerritorialUnit("MD-AN", "Anenii Noi", Bank.RIGHT, 46.88, 29.23),
    TerritorialUnit("MD-BS", "Basarabeasca", Bank.RIGHT, 46.33, 28.96),
    TerritorialUnit("MD-BR", "Briceni", Bank.RIGHT, 48.36, 27.08),
    TerritorialUnit("MD-CA", "Cahul", Bank.RIGHT, 45.91, 28.19),
    TerritorialUnit("MD-CT", "Cantemir", Bank.RIGHT, 46.28, 28.20),
    TerritorialUnit("MD-CL", "Călărași", Bank.RIGHT, 47.25, 28.31),
    TerritorialUnit("MD-CS", "Căușeni", Bank.RIGHT, 46.64, 29.41),
    TerritorialUnit("MD-CM", "Cimișlia", Bank.RIGHT, 46.52, 28.78),
    TerritorialUnit("MD-CR", "Criuleni", Bank.RIGHT, 47.21, 29.16),
    TerritorialUnit("MD-DO", "Dondușeni", Bank.RIGHT, 48.22, 27.58),
    TerritorialUnit("MD-DR", "Drochia", Bank.RIGHT, 48.03, 27.75),
    TerritorialUnit("MD-DU", "Dubăsari", Bank.RIGHT, 47.26, 29.16),
    TerritorialUnit("MD-ED", "Edineț", Bank.RIGHT, 48.17, 27.31),
    TerritorialUnit("MD-FA", "Fălești", Bank.RIGHT, 47.57, 27.71),
    TerritorialUnit("MD-FL", "Florești", Bank.RIGHT, 47.89, 28.30),
    TerritorialUnit("MD-GL", "Glodeni", Bank.RIGHT, 47.77, 27.51),
    TerritorialUnit("MD-HI", "Hîncești", Bank.RIGHT, 46.83, 28.59),
    TerritorialUnit("MD-IA", "Ialoveni", Bank.RIGHT, 46.95, 28.78),
    TerritorialUnit("MD-LE", "Leova", Bank.RIGHT, 46.48, 28.26),
    TerritorialUnit("MD-NI", "Nisporeni", Bank.RIGHT, 47.08, 28.18),
    TerritorialUnit("MD-OC", "Ocnița", Bank.RIGHT, 48.38, 27.44),
    TerritorialUnit("MD-OR", "Orhei", Bank.RIGHT, 47.38, 28.82),
    TerritorialUnit("MD-RE", "Rezina", Bank.RIGHT, 47.75, 28.96),
    TerritorialUnit("MD-RI", "Rîșcani", Bank.RIGHT, 47.95, 27.56),
    TerritorialUnit("MD-SI", "Sîngerei", Bank.RIGHT, 47.64, 28.14),
    TerritorialUnit("MD-SO", "Soroca", Bank.RIGHT, 48.16, 28.30),
    TerritorialUnit("MD-ST", "Strășeni", Bank.RIGHT, 47.14, 28.61),
    TerritorialUnit("MD-SD", "Șoldănești", Bank.RIGHT, 47.82, 28.80),
    TerritorialUnit("MD-SV", "Ștefan Vodă", Bank.RIGHT, 46.52, 29.66),
    TerritorialUnit("MD-TA", "Taraclia", Bank.RIGHT, 45.90, 28.67),
    TerritorialUnit("MD-TE", "Telenești", Bank.RIGHT, 47.50, 28.37),
    TerritorialUnit("MD-UN", "Ungheni", Bank.RIGHT, 47.21, 27.80),
)
TERRITORIAL_UNITS: dict[str, TerritorialUnit] = {unit.code: unit for unit in _UNITS}
_RUSSIAN = {
    "MD-CU": "Кишинёв, Кишинэу, Кишинёвский",
    "MD-BA": "Бельцы, Бэлць, Бельцкий",
    "MD-BD": "Бендеры, Тигина, Бендерский",
    "MD-GA": "Гагаузия, Гагауз Ери",
    "MD-SN": "Левобережье Днестра, Левый берег Днестра, Приднестровье",
    "MD-AN": "Новые Анены, Анений Ной, Новоаненский",
    "MD-BS": "Бессарабка, Басарабяска, Бессарабский",
    "MD-BR": "Бричаны, Бричень, Бричанский",
    "MD-CA": "Кагул, Кагульский",
    "MD-CT": "Кантемир, Кантемирский",
    "MD-CL": "Калараш, Кэлэраш, Каларашский",
    "MD-CS": "Каушаны, Кэушень, Каушанский",
    "MD-CM": "Чимишлия, Чимишлийский",
    "MD-CR": "Криуляны, Криулень, Криулянский",
    "MD-DO": "Дондюшаны, Дондушень, Дондюшанский",
    "MD-DR": "Дрокия, Дрокиевский",
    "MD-DU": "Дубоссары, Дубэсарь, Дубоссарский",
    "MD-ED": "Единец, Единцы, Единецкий",
    "MD-FA": "Фалешты, Фэлешть, Фалештский",
    "MD-FL": "Флорешты, Флорешть, Флорештский",
    "MD-GL": "Глодяны, Глодень, Глодянский",
    "MD-HI": "Хынчешты, Хынчешть, Хынчештский",
    "MD-IA": "Яловены, Яловень, Яловенский",
    "MD-LE": "Леова, Леовский",
    "MD-NI": "Ниспорены, Ниспорень, Ниспоренский",
    "MD-OC": "Окница, Окницкий",
    "MD-OR": "Оргеев, Орхей, Оргеевский",
    "MD-RE": "Резина, Резинский",
    "MD-RI": "Рышканы, Рышкань, Рышканский",
    "MD-SI": "Сынжерея, Сынжерей, Сынжерейский",
    "MD-SO": "Сороки, Сорока, Сорокский",
    "MD-ST": "Страшены, Стрэшень, Страшенский",
    "MD-SD": "Шолданешты, Шолдэнешть, Шолданештский",
    "MD-SV": "Штефан-Водэ, Штефан-Водский",
    "MD-TA": "Тараклия, Тараклийский",
    "MD-TE": "Теленешты, Теленешть, Теленештский",
    "MD-UN": "Унгены, Унгень, Унгенский",
}
_ALSO = {
    "MD-BD": ("Tighina",),
    "MD-GA": ("Gagauzia", "Gagauz Yeri", "Comrat", "Ceadîr-Lunga", "Vulcănești", "Комрат"),
    "MD-SN": (
        *("Transnistria", "Tiraspol", "Тирасполь", "Rîbnița", "Рыбница", "Slobozia", "Слободзея"),
        *("Grigoriopol", "Григориополь", "Camenca", "Каменка", "Dnestrovsc", "Днестровск"),
    ),
}
"""Other names, and towns that stand for their unit. Dubăsari is the district of the right bank."""
_KINDS = frozenset(
    plain(
        "mun municipiul municipiu or oras orasul raion raionul rn r n nul district districtul city"
        " of uta u t a unitatea teritoriala autonoma ато"
        " г гор город м мун муниципий муниципия р н район района"
    ).split()
)
"""Words that say what kind of place follows."""


def districts_and_banks() -> frozenset[str]:
    """Return what a list of places may name: districts, and whole banks of the Nistru."""
    return frozenset(TERRITORIAL_UNITS) | frozenset(Bank)


def find_unit(text: str) -> str | None:
    """Return the code of the unit that is meant, in whatever language and with what in front."""
    words = plain(text).split()
    named = " ".join(word for word in words if word not in _KINDS)
    return _KNOWN.get(" ".join(words)) or _KNOWN.get(named)


def _spellings(unit: TerritorialUnit) -> Iterator[str]:
    yield from (unit.code, unit.name, unit.name.replace("î", "â"), unit.name.replace("î", "i"))
    for russian in _RUSSIAN[unit.code].split(", "):
        yield russian
        if russian.endswith("кий"):
            yield russian.removesuffix("ий") + "ого"
    yield from _ALSO.get(unit.code, ())


_KNOWN = {plain(one): unit.code for unit in _UNITS for one in _spellings(unit)}
