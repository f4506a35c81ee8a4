"""Names of people who do not exist. Everything here is put together by chance."""

from dataclasses import dataclass
from random import Random

FEMALE_RO = (
    "Ana",
    "Maria",
    "Elena",
    "Cristina",
    "Doina",
    "Natalia",
    "Ecaterina",
    "Veronica",
    "Tatiana",
    "Rodica",
    "Lilia",
    "Aurelia",
    "Mihaela",
    "Ludmila",
    "Angela",
    "Silvia",
    "Corina",
    "Diana",
    "Victoria",
    "Ionela",
    "Galina",
    "Valentina",
    "Olesea",
    "Daniela",
    "Parascovia",
    "Nadejda",
)
MALE_RO = (
    "Ion",
    "Vasile",
    "Andrei",
    "Mihai",
    "Gheorghe",
    "Sergiu",
    "Dumitru",
    "Nicolae",
    "Alexandru",
    "Petru",
    "Victor",
    "Vlad",
    "Constantin",
    "Radu",
    "Denis",
    "Artur",
)
FAMILY_RO = (
    "Lungu",
    "Rusu",
    "Ceban",
    "Munteanu",
    "Popa",
    "Ciobanu",
    "Țurcanu",
    "Rotaru",
    "Cojocaru",
    "Botnaru",
    "Grosu",
    "Sârbu",
    "Moraru",
    "Guțu",
    "Croitoru",
    "Bejan",
    "Vrabie",
    "Cazacu",
    "Boaghi",
    "Untilă",
    "Pleșca",
    "Spînu",
    "Chiriac",
    "Gavriliuc",
    "Țîbuleac",
    "Stratan",
)
FEMALE_RU = (
    "Наталья",
    "Ольга",
    "Светлана",
    "Ирина",
    "Елена",
    "Людмила",
    "Оксана",
    "Юлия",
    "Марина",
    "Анна",
    "Татьяна",
    "Вера",
)
MALE_RU = ("Сергей", "Александр", "Олег", "Игорь", "Дмитрий", "Виталий", "Роман", "Юрий")
FAMILY_RU = (
    ("Ковальчук", "Ковальчук"),
    ("Бондаренко", "Бондаренко"),
    ("Иванова", "Иванов"),
    ("Петрова", "Петров"),
    ("Мельник", "Мельник"),
    ("Кравченко", "Кравченко"),
    ("Соколова", "Соколов"),
    ("Лебедева", "Лебедев"),
    ("Ткаченко", "Ткаченко"),
    ("Попова", "Попов"),
    ("Морозова", "Морозов"),
    ("Шевчук", "Шевчук"),
)


@dataclass(frozen=True, slots=True)
class Name:
    """A given and a family name."""

    given: str
    family: str

    @property
    def whole(self) -> str:
        """Return both."""
        return f"{self.given} {self.family}"


def draw(rng: Random, *, female: bool, russian: bool) -> Name:
    """Return a name in the person's own script."""
    if russian:
        family = rng.choice(FAMILY_RU)
        return Name(rng.choice(FEMALE_RU if female else MALE_RU), family[0 if female else 1])
    return Name(rng.choice(FEMALE_RO if female else MALE_RO), rng.choice(FAMILY_RO))


def draw_phone(rng: Random) -> str:
    """Return a number of a range that no operator has given out."""
    return f"+373 600 {rng.randrange(100):02d} {rng.randrange(1000):03d}"


def draw_identifier(rng: Random) -> str:
    """Return thirteen digits in the form of a person's number."""
    return f"2{rng.randrange(10**12):012d}"
