"""The columns of running cases, what may stand in them, and how they are spelled."""

from reintegration.cases.states import Signatory
from reintegration.codelists.life_domains import Domain
from reintegration.codelists.people import AccessNeed
from reintegration.codelists.spellings import (
    CURRENCY_WORDS,
    DISTRICT_WORDS,
    SEX_WORDS,
    UNIT_WORDS,
    category_words,
    grouped,
    spelled,
    spoken_words,
)
from reintegration.kernel.errors import N_
from reintegration.plans.states import Priority
from reintegration.web.bringing import Column

COLUMNS = (
    Column(
        "case",
        N_("The number that the office has for the case, or its code here. Never a name."),
        needed=True,
    ),
    Column("case manager", N_("The e-mail of who manages it. Empty: of the row above, or you.")),
    Column("since", N_("The day on which the work with the person began.")),
    Column("consent on", N_("The day of the signed consent. Empty: the case waits for consent.")),
    Column(
        "consent until",
        N_("Its last day. Empty: as long after it was signed as a consent holds here."),
    ),
    Column("agreed to", N_("What was agreed to, with commas. Empty: that a file is kept.")),
    Column("agreed by", N_("The person, a guardian or the authority. Empty: the person.")),
    Column("language", N_("The language of the person.")),
    Column("sex", N_("Woman, man, or empty.")),
    Column("birth year", N_("Four figures. No date.")),
    Column("district", N_("Where the person lives now.")),
    Column("dependants", N_("How many children or others come along.")),
    Column("access needs", N_("What a place must offer, with commas.")),
    Column("places to avoid", N_("Districts where the person must not be sent, with commas.")),
    Column("need", N_("What is missing. The same text again is the same need.")),
    Column("need area", N_("The area of life of the need.")),
    Column("priority", N_("How soon it must be met. Empty: medium.")),
    Column("goal", N_("What the person wants to reach, for the need of this row or above.")),
    Column("own words", N_("How the person said it.")),
    Column("step", N_("A step of the plan. The same text again is the same step.")),
    Column("step area", N_("The area of life of the step. Empty: that of its need.")),
    Column("begins", N_("First day of the step.")),
    Column("due", N_("Last day of the step.")),
    Column("reached on", N_("The day on which the step was reached, if it was.")),
    Column("evidence", N_("How one knows that it was reached.")),
    Column("service", N_("A planned service of the step of this row or above: its kind.")),
    Column("units", N_("How many are still to come.")),
    Column("unit", N_("What it is counted in. Empty: as this service usually is.")),
    Column("unit price", N_("The planned price of one.")),
    Column("at most", N_("The most that the service may cost. Empty: units times price.")),
    Column("currency", N_("MDL, EUR or USD. Empty: MDL.")),
    Column("budget line", N_("The code of the fund and of the line, as FUND/LINE.")),
    Column("remark", N_("What exactly is planned.")),
)
NAMES = [column.name for column in COLUMNS]
EXAMPLES = (
    (
        *(
            "12/2025",
            "elena@exemplu.example",
            "2025-09-01",
            "2026-09-15",
            "",
            "file, providers",
            "",
        ),
        *("ro", "woman", "1998", "Ungheni", "1", "", "", "A safe place to live", "housing"),
        *("high", "Live on her own", "", "Move into a room", "", "2026-12-01", "2027-03-31"),
        *("", "", "rented housing", "3", "month", "3500.00", "", "MDL", "SPR-1/A", ""),
    ),
    (
        *("12/2025", "", "", "", "", "", "", "", "", "", "", "", "", ""),
        *("Sleeps badly", "health", "medium", "", "", "See a counsellor", "", "2026-12-01"),
        *("2027-02-28", "", "", "counselling", "8", "session", "500.00", "", "MDL", "SPR-1/A", ""),
    ),
)
COUNTED = {
    "cases_added": N_("Cases added"),
    "consents_added": N_("Consents on paper recorded"),
    "needs_added": N_("Needs added"),
    "goals_added": N_("Goals added"),
    "steps_added": N_("Steps added"),
    "services_added": N_("Planned services added"),
    "waiting": N_("Cases that wait for consent: needs and plan are left out"),
    "unchanged": N_("Cases that are in already and stay as they are"),
}
HEADERS = spelled(
    {
        "case": ("case code", "case number", "caz", "codul cazului", "случай", "номер случая"),
        "case manager": ("manager", "manager de caz", "ведущий", "кейс менеджер"),
        "since": ("registered on", "opened on", "din data", "deschis la", "открыт"),
        "consent on": ("consent", "acord din", "acord", "согласие от", "согласие"),
        "consent until": ("acord până la", "согласие до"),
        "agreed to": ("a acceptat", "согласие на"),
        "agreed by": ("acord dat de", "кто согласился"),
        "language": ("limba", "язык"),
        "sex": ("gen", "пол"),
        "birth year": ("year of birth", "anul nașterii", "год рождения"),
        "district": ("raion", "район"),
        "dependants": ("persoane în grijă", "иждивенцы"),
        "access needs": ("accesibilitate", "доступность"),
        "places to avoid": ("locuri de evitat", "избегать"),
        "need": ("nevoie", "потребность"),
        "need area": ("domeniul nevoii", "область потребности"),
        "priority": ("prioritate", "приоритет"),
        "goal": ("obiectiv", "цель"),
        "own words": ("cuvintele persoanei", "своими словами"),
        "step": ("milestone", "pas", "шаг"),
        "step area": ("domeniul pasului", "область шага"),
        "begins": ("starts on", "începe", "начало"),
        "due": ("due on", "termen", "срок"),
        "reached on": ("atins la", "достигнут"),
        "evidence": ("dovadă", "подтверждение"),
        "service": ("category", "serviciu", "услуга"),
        "units": ("quantity", "unități", "количество"),
        "unit": ("unitate", "единица"),
        "unit price": ("price", "preț", "цена"),
        "at most": ("ceiling", "maximum", "cel mult", "не более"),
        "currency": ("valută", "валюта"),
        "budget line": ("linie de buget", "строка бюджета"),
        "remark": ("description", "observație", "примечание"),
    }
)
DOMAIN_WORDS = spelled(
    {
        Domain.SAFETY_HOUSING: (
            *("safety and housing", "housing", "safety", "siguranță și locuință", "locuință"),
            *("безопасность и жилье", "жилье"),
        ),
        Domain.HEALTH: ("sănătate", "здоровье"),
        Domain.DOCUMENTS_RIGHTS: (
            *("documents and rights", "documents", "acte și drepturi", "acte"),
            *("документы и права", "документы"),
        ),
        Domain.SKILLS_INCOME: (
            *("skills and income", "income", "competențe și venit", "venit"),
            *("навыки и доход", "доход"),
        ),
        Domain.FAMILY_SOCIAL: (
            *("family and community", "family", "familie și comunitate", "familie"),
            *("семья и общество", "семья"),
        ),
    }
)
PRIORITY_WORDS = spelled(
    {
        Priority.URGENT: ("срочно", "срочный"),
        Priority.HIGH: ("înaltă", "ridicată", "mare", "высокий"),
        Priority.MEDIUM: ("medie", "средний"),
        Priority.LOW: ("scăzută", "mică", "низкий"),
    }
)
SCOPE_WORDS = spelled(
    {
        "case_management": ("file", "case", "dosar", "дело"),
        "share_with_provider": ("providers", "sharing", "prestatori", "поставщики"),
        "anonymised_statistics": ("statistics", "statistici", "статистика"),
        "contact": ("contacting", "contactare", "связь"),
    }
)
SIGNATORY_WORDS = spelled(
    {
        Signatory.PERSON: ("the person", "persoana", "лично", "сам человек"),
        Signatory.GUARDIAN: ("parent", "tutore", "părinte", "опекун", "родитель"),
        Signatory.AUTHORITY: ("the authority", "autoritatea tutelară", "орган опеки"),
    }
)
ACCESS_WORDS = spelled(
    {
        AccessNeed.STEP_FREE: ("without steps", "fără trepte", "без ступеней"),
        AccessNeed.WHEELCHAIR: ("scaun rulant", "коляска"),
        AccessNeed.SIGN_LANGUAGE: ("limbajul semnelor", "жестовый язык"),
        AccessNeed.INTERPRETER: ("interpret", "переводчик"),
        AccessNeed.EASY_LANGUAGE: ("limbaj simplu", "простой язык"),
        AccessNeed.QUIET_ROOM: ("cameră liniștită", "тихая комната"),
    }
)


def allowed() -> dict[str, list[tuple[str, ...]]]:
    """Return what may stand in the cells of a column of codes."""
    known = {
        "agreed to": SCOPE_WORDS,
        "agreed by": SIGNATORY_WORDS,
        "language": spoken_words(),
        "sex": SEX_WORDS,
        "district": DISTRICT_WORDS,
        "access needs": ACCESS_WORDS,
        "need area, step area": DOMAIN_WORDS,
        "priority": PRIORITY_WORDS,
        "service": category_words(),
        "unit": UNIT_WORDS,
        "currency": CURRENCY_WORDS,
    }
    return {column: grouped(words) for column, words in known.items()}
