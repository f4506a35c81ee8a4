"""What a provider may be vetted for and a voucher issued for: a list that an institution keeps.

The categories that came with Punte merge Law 241/2005 art. 16 of the Republic of Moldova with the
annex of IOM's reintegration handbook.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sqlalchemy.orm import Mapped, mapped_column

from reintegration.codelists.documents import DocumentKind
from reintegration.codelists.life_domains import Domain
from reintegration.codelists.people import AgeGroup, SexPolicy
from reintegration.codelists.proof_kinds import ProofKind
from reintegration.codelists.units import Unit
from reintegration.kernel.actor import Role
from reintegration.kernel.base import Base
from reintegration.kernel.dated_rules import Area, DatedList
from reintegration.kernel.errors import N_, Conflict
from reintegration.kernel.listed import Listed
from reintegration.kernel.rule_kinds import Choice, Entry, Part, Record, Some, Texts, Yes


@dataclass(frozen=True, slots=True)
class Service:
    """What a category says; `unit` is what it is mostly counted in, `proof` that of new vouchers.

    `documents` are needed beside those of every provider; with `children_come` a place makes room
    for a person's children, so their number counts and is told.
    """

    name: Mapping[str, str]
    domain: Domain
    unit: Unit
    proof: ProofKind
    documents: frozenset[DocumentKind] = frozenset()
    ages: AgeGroup = AgeGroup.ANY
    sex: SexPolicy = SexPolicy.ANY
    children_come: bool = False
    in_use: bool = True


_SOCIAL = frozenset({DocumentKind.ACCREDITATION})
_PROTECTION = frozenset({DocumentKind.PSEA, DocumentKind.SAFEGUARDING})
_LICENSED = frozenset({DocumentKind.LICENCE})

SERVICE_CATEGORIES = DatedList(
    code="service_categories",
    title=N_("Service categories"),
    says=N_("What providers are checked for, what plans ask for, and what vouchers are for."),
    area=Area.LISTS,
    decided_by=Role.SUPERVISOR,
    kind=Record(
        Service,
        {
            "name": Part(N_("Name"), Texts(longest=80)),
            "domain": Part(N_("Area of life"), Choice(Domain)),
            "unit": Part(
                N_("Usually counted in"),
                Choice(Unit),
                N_("A plan and a provider may choose another one."),
            ),
            "proof": Part(
                N_("Proof of delivery"),
                Entry(ProofKind),
                N_("Vouchers that are made already keep theirs."),
            ),
            "documents": Part(
                N_("Documents that a provider needs for it"),
                Some(DocumentKind),
                N_("Beside those of every provider. What is approved already stays approved."),
            ),
            "ages": Part(N_("Of which age"), Choice(AgeGroup)),
            "sex": Part(N_("For whom"), Choice(SexPolicy)),
            "children_come": Part(
                N_("Children come along"),
                Yes(),
                N_("A place needs room for them, and the provider is told how many."),
            ),
            "in_use": Part(
                N_("In use"),
                Yes(),
                N_(
                    "Out of use, nothing new of it is planned, offered or promised. What there"
                    " is goes on."
                ),
            ),
        },
    ),
    initially={
        "shelter": Service(
            {"ro": "Cazare temporară", "ru": "Временное жильё", "en": "Temporary accommodation"},
            Domain.SAFETY_HOUSING,
            Unit.NIGHT,
            ProofKind.STAY,
            documents=_SOCIAL | _PROTECTION,
            children_come=True,
        ),
        "rented_housing": Service(
            {"ro": "Locuință în chirie", "ru": "Арендованное жильё", "en": "Rented housing"},
            Domain.SAFETY_HOUSING,
            Unit.MONTH,
            ProofKind.CASE_MANAGER,
            children_come=True,
        ),
        "basic_needs": Service(
            {
                "ro": "Hrană și nevoi de bază",
                "ru": "Питание и основные нужды",
                "en": "Food and basic needs",
            },
            Domain.SAFETY_HOUSING,
            Unit.AMOUNT,
            ProofKind.PIN,
        ),
        "medical": Service(
            {"ro": "Asistență medicală", "ru": "Медицинская помощь", "en": "Medical care"},
            Domain.HEALTH,
            Unit.VISIT,
            ProofKind.PIN,
            documents=_LICENSED,
        ),
        "mental_health": Service(
            {"ro": "Consiliere", "ru": "Консультирование", "en": "Counselling"},
            Domain.HEALTH,
            Unit.SESSION,
            ProofKind.PIN,
            documents=_LICENSED,
        ),
        "legal_aid": Service(
            {"ro": "Asistență juridică", "ru": "Юридическая помощь", "en": "Legal aid"},
            Domain.DOCUMENTS_RIGHTS,
            Unit.HOUR,
            ProofKind.PIN,
        ),
        "documents": Service(
            {
                "ro": "Acte de identitate și de stare civilă",
                "ru": "Удостоверения личности и акты гражданского состояния",
                "en": "Identity and civil documents",
            },
            Domain.DOCUMENTS_RIGHTS,
            Unit.ITEM,
            ProofKind.PIN,
        ),
        "education": Service(
            {"ro": "Studii", "ru": "Образование", "en": "Education"},
            Domain.SKILLS_INCOME,
            Unit.MONTH,
            ProofKind.SIGNED_LIST,
        ),
        "vocational_training": Service(
            {
                "ro": "Formare profesională",
                "ru": "Профессиональное обучение",
                "en": "Vocational training",
            },
            Domain.SKILLS_INCOME,
            Unit.COURSE,
            ProofKind.SIGNED_LIST,
        ),
        "employment": Service(
            {
                "ro": "Ajutor la căutarea unui loc de muncă",
                "ru": "Помощь в поиске работы",
                "en": "Help to find work",
            },
            Domain.SKILLS_INCOME,
            Unit.SESSION,
            ProofKind.PIN,
        ),
        "business_start_up": Service(
            {
                "ro": "Lansarea unei mici afaceri",
                "ru": "Открытие малого бизнеса",
                "en": "Starting a small business",
            },
            Domain.SKILLS_INCOME,
            Unit.AMOUNT,
            ProofKind.PIN,
        ),
        "family_mediation": Service(
            {"ro": "Mediere în familie", "ru": "Семейная медиация", "en": "Family mediation"},
            Domain.FAMILY_SOCIAL,
            Unit.SESSION,
            ProofKind.PIN,
            documents=_SOCIAL,
            children_come=True,
        ),
        "childcare": Service(
            {"ro": "Îngrijirea copiilor", "ru": "Уход за детьми", "en": "Childcare"},
            Domain.FAMILY_SOCIAL,
            Unit.DAY,
            ProofKind.SIGNED_LIST,
            documents=_SOCIAL | _PROTECTION,
            children_come=True,
        ),
        "social_protection": Service(
            {
                "ro": "Ajutor cu prestațiile sociale",
                "ru": "Помощь с социальными выплатами",
                "en": "Help with social benefits",
            },
            Domain.FAMILY_SOCIAL,
            Unit.HOUR,
            ProofKind.PIN,
            documents=_SOCIAL,
        ),
        "transport": Service(
            {"ro": "Transport", "ru": "Транспорт", "en": "Transport"},
            Domain.SAFETY_HOUSING,
            Unit.RIDE,
            ProofKind.PIN,
            children_come=True,
        ),
        "interpretation": Service(
            {"ro": "Interpretare", "ru": "Устный перевод", "en": "Interpretation"},
            Domain.FAMILY_SOCIAL,
            Unit.HOUR,
            ProofKind.PIN,
        ),
    },
)


class ServiceCategory(Listed):
    """What a provider may be vetted for and a voucher issued for.

    The names below are of those that came with Punte, for whoever means one of them.
    """

    entries = SERVICE_CATEGORIES
    kept_in = "service_category"

    SHELTER: "ClassVar[ServiceCategory]"
    RENTED_HOUSING: "ClassVar[ServiceCategory]"
    BASIC_NEEDS: "ClassVar[ServiceCategory]"
    MEDICAL: "ClassVar[ServiceCategory]"
    MENTAL_HEALTH: "ClassVar[ServiceCategory]"
    LEGAL_AID: "ClassVar[ServiceCategory]"
    DOCUMENTS: "ClassVar[ServiceCategory]"
    EDUCATION: "ClassVar[ServiceCategory]"
    VOCATIONAL_TRAINING: "ClassVar[ServiceCategory]"
    EMPLOYMENT: "ClassVar[ServiceCategory]"
    BUSINESS_START_UP: "ClassVar[ServiceCategory]"
    FAMILY_MEDIATION: "ClassVar[ServiceCategory]"
    CHILDCARE: "ClassVar[ServiceCategory]"
    SOCIAL_PROTECTION: "ClassVar[ServiceCategory]"
    TRANSPORT: "ClassVar[ServiceCategory]"
    INTERPRETATION: "ClassVar[ServiceCategory]"

    def on(self, day: date) -> Service:
        """Return what it says on `day`."""
        found: Service = super().on(day)
        return found

    @property
    def domain(self) -> Domain:
        """Return its area of life, today."""
        found: Domain = self.today.domain
        return found

    @property
    def unit(self) -> Unit:
        """Return what it is mostly counted in, today."""
        found: Unit = self.today.unit
        return found

    @property
    def proof(self) -> ProofKind:
        """Return what proves a delivery of a voucher that is made today."""
        found: ProofKind = self.today.proof
        return found


for _code in SERVICE_CATEGORIES.initially:
    setattr(ServiceCategory, _code.upper(), ServiceCategory(_code))


class CategoryCode(Base):
    """A code that rows may name: nobody reads it here, the database compares with it."""

    __tablename__ = ServiceCategory.kept_in

    code: Mapped[str] = mapped_column(primary_key=True)


def refuse_out_of_use(category: ServiceCategory, day: date) -> None:
    """Raise Conflict where nothing new of this category is planned, offered or promised."""
    if not category.is_in_use(day):
        raise Conflict(
            N_(
                "“%(service)s” is out of use: nothing new of it is planned, offered or promised."
                " What there is goes on."
            ),
            code="category",
            field="category",
            service=category,
        )
