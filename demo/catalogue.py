"""What the invented providers offer, and at what prices: one entry for each category."""

from dataclasses import dataclass
from typing import Literal

from reintegration.codelists.languages import Locale
from reintegration.codelists.people import SexPolicy
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.units import Unit
from reintegration.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Ware:
    """A usual service: its name in both languages and a usual price in bani and in cents."""

    ro: str
    ru: str
    bani: int
    cents: int
    usual: tuple[int, int]
    """How many units a voucher usually holds; bani for money up to a sum."""

    def price(self, currency: str) -> Money:
        """Return the usual price."""
        return Money(self.bani if currency == "MDL" else self.cents, currency)


_C = ServiceCategory
WARES: dict[ServiceCategory, Ware] = {
    _C.SHELTER: Ware("Cazare temporară", "Временное жильё", 25_000, 1_300, (3, 12)),
    _C.RENTED_HOUSING: Ware("Chirie plătită", "Аренда жилья", 320_000, 16_500, (1, 2)),
    _C.BASIC_NEEDS: Ware("Alimente și igienă", "Продукты и гигиена", 100, 5, (60_000, 150_000)),
    _C.MEDICAL: Ware("Consultație medicală", "Приём врача", 30_000, 1_500, (1, 4)),
    _C.MENTAL_HEALTH: Ware(
        "Consiliere psihologică", "Консультация психолога", 45_000, 2_300, (3, 8)
    ),
    _C.LEGAL_AID: Ware("Consultanță juridică", "Юридическая помощь", 40_000, 2_000, (2, 5)),
    _C.DOCUMENTS: Ware("Perfectare de acte", "Оформление документов", 18_000, 900, (1, 3)),
    _C.EDUCATION: Ware(
        "Lecții de recuperare", "Занятия по школьным предметам", 120_000, 6_000, (1, 3)
    ),
    _C.VOCATIONAL_TRAINING: Ware("Curs de calificare", "Курс профессии", 920_000, 48_000, (1, 1)),
    _C.EMPLOYMENT: Ware("Sprijin pentru angajare", "Помощь с работой", 25_000, 1_200, (2, 6)),
    _C.BUSINESS_START_UP: Ware(
        "Utilaje pentru un început", "Оборудование для начала", 100, 5, (400_000, 900_000)
    ),
    _C.FAMILY_MEDIATION: Ware("Mediere în familie", "Семейная медиация", 35_000, 1_800, (2, 4)),
    _C.CHILDCARE: Ware("Îngrijirea copilului", "Присмотр за ребёнком", 16_000, 800, (5, 15)),
    _C.SOCIAL_PROTECTION: Ware(
        "Ajutor la prestații sociale", "Помощь с пособиями", 20_000, 1_000, (2, 4)
    ),
    _C.TRANSPORT: Ware("Transport local", "Местный транспорт", 15_000, 800, (2, 6)),
    _C.INTERPRETATION: Ware("Interpretare", "Устный перевод", 30_000, 1_500, (2, 5)),
}


def unit_of(category: ServiceCategory) -> Unit:
    """Return how a category is counted."""
    return category.unit


def is_value(category: ServiceCategory) -> bool:
    """Whether its vouchers hold money up to a sum."""
    return unit_of(category) is Unit.AMOUNT


def ceiling_price(category: ServiceCategory, currency: str) -> Money:
    """Return what a plan allows for one unit: above every provider's price."""
    usual = WARES[category].price(currency).minor
    return Money(usual * 6 // 5, currency)


SHORT: dict[str, ServiceCategory] = {
    "shelter": _C.SHELTER,
    "rent": _C.RENTED_HOUSING,
    "food": _C.BASIC_NEEDS,
    "doctor": _C.MEDICAL,
    "mind": _C.MENTAL_HEALTH,
    "law": _C.LEGAL_AID,
    "papers": _C.DOCUMENTS,
    "lessons": _C.EDUCATION,
    "course": _C.VOCATIONAL_TRAINING,
    "job": _C.EMPLOYMENT,
    "tools": _C.BUSINESS_START_UP,
    "family": _C.FAMILY_MEDIATION,
    "child": _C.CHILDCARE,
    "benefit": _C.SOCIAL_PROTECTION,
    "ride": _C.TRANSPORT,
    "speech": _C.INTERPRETATION,
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A provider before it is made. `goods` are short names of categories, `also` more units."""

    key: str
    name: str
    unit: str
    goods: str
    state: str = "approved"
    languages: tuple[Locale, ...] = (Locale.RO, Locale.RU)
    also: tuple[str, ...] = ()
    confidential: bool = False
    sex: SexPolicy = SexPolicy.ANY
    euro: Literal["", "stripe", "bank"] = ""
    """How it is paid in euro, if it is."""
    documents_end_in: int = 420

    @property
    def left_bank(self) -> bool:
        """Whether it stands under the other law."""
        return self.unit in ("MD-SN", "MD-BD")


_RU, _ALL = (Locale.RU,), (Locale.RO, Locale.RU, Locale.EN)
FIRMS = (
    Draft(
        "speranta",
        "Centrul „Speranța Nouă”",
        "MD-UN",
        "shelter mind child benefit family",
        languages=_ALL,
        also=("MD-NI",),
    ),
    Draft(
        "dacia", "Clinica „Dacia Sănătate”", "MD-CU", "doctor mind", languages=_ALL, also=("MD-ST",)
    ),
    Draft(
        "casa-lina",
        "Casa Lină",
        "MD-CU",
        "shelter",
        confidential=True,
        sex=SexPolicy.FEMALE,
        languages=_ALL,
    ),
    Draft(
        "scoala-2", "Școala Profesională „Meșterul”", "MD-BA", "course lessons job", euro="stripe"
    ),
    Draft("transport-sud", "Transport Sud SRL", "MD-CA", "ride", also=("MD-GA",)),
    Draft(
        "drept",
        "Biroul de avocați „Drept și Demnitate”",
        "MD-CU",
        "law papers benefit",
        languages=_ALL,
        euro="stripe",
    ),
    Draft("casa-alba", "Casa Albă", "MD-BA", "shelter child family"),
    Draft("nadejda", "Центр «Надежда»", "MD-SN", "shelter mind doctor ride law", languages=_RU),
    Draft("dnestr", "Клиника «Днестр»", "MD-BD", "doctor mind food papers", languages=_RU),
    Draft(
        "most",
        "Учебный центр «Мост»",
        "MD-SN",
        "course job lessons speech child",
        languages=_RU,
        euro="stripe",
    ),
    Draft("taxi-nord", "Taxi Nord SRL", "MD-BA", "ride", state="suspended"),
    Draft("anenii", "Centrul de zi „Floare de Tei”", "MD-AN", "child mind"),
    Draft("basarabeasca", "Atelierul „Firul Roșu”", "MD-BS", "job", state="draft"),
    Draft("briceni", "Cabinetul medical „Prut”", "MD-BR", "doctor"),
    Draft("cantemir", "Casa de oaspeți „La Vii”", "MD-CT", "shelter", state="expired"),
    Draft("calarasi", "Centrul „Codrii Verzi”", "MD-CL", "mind family", documents_end_in=12),
    Draft("causeni", "Magazinul social „Pâinea”", "MD-CS", "food"),
    Draft("cimislia", "Centrul de formare „Orizont”", "MD-CM", "course job", euro="bank"),
    Draft("criuleni", "Asociația „Mâini Întinse”", "MD-CR", "benefit papers ride"),
    Draft("donduseni", "Cabinetul „Dialog”", "MD-DO", "mind", state="pending_approval"),
    Draft("drochia", "Grădinița „Licurici”", "MD-DR", "child"),
    Draft("dubasari", "Asociația „Malul Drept”", "MD-DU", "benefit law speech"),
    Draft("edinet", "Școala de croitorie „Acul de Aur”", "MD-ED", "course tools"),
    Draft("falesti", "Magazinul „Cămara”", "MD-FA", "food tools"),
    Draft("floresti", "Cabinetul „Echilibru”", "MD-FL", "mind"),
    Draft("gagauzia", "Центр «Дом у дороги»", "MD-GA", "shelter child benefit", languages=_RU),
    Draft("glodeni", "Transport „Drum Bun” SRL", "MD-GL", "ride"),
    Draft("hincesti", "Agenția „Chirie Sigură”", "MD-HI", "rent"),
    Draft("ialoveni", "Centrul „Pas cu Pas”", "MD-IA", "mind job lessons"),
    Draft("leova", "Cabinetul „Viața”", "MD-LE", "doctor", state="submitted"),
    Draft("nisporeni", "Transport „Lunca” SRL", "MD-NI", "ride food"),
    Draft("ocnita", "Pensiunea „Nordul”", "MD-OC", "shelter", state="info_requested"),
    Draft("orhei", "Centrul „Vatra”", "MD-OR", "shelter family"),
    Draft("rezina", "Cooperativa „Piatra”", "MD-RE", "tools job"),
    Draft("riscani", "Cabinetul „Sănătate pentru toți”", "MD-RI", "doctor"),
    Draft("singerei", "Agenția „Cheia de la Casă”", "MD-SI", "rent"),
    Draft("soroca", "Центр «Берег»", "MD-SO", "mind speech law", languages=(Locale.RO, Locale.RU)),
    Draft("straseni", "Autoservice „Cotul”", "MD-ST", "course", state="rejected"),
    Draft("soldanesti", "Asociația „Împreună la Lucru”", "MD-SD", "job", state="withdrawn"),
    Draft("stefan-voda", "Magazinul „Coșul Plin”", "MD-SV", "food"),
    Draft("taraclia", "Центр «Родник»", "MD-TA", "mind child", languages=_RU),
    Draft("telenesti", "Agenția „Acasă”", "MD-TE", "rent ride"),
)
