"""Who acts: a frozen value, detached from the database and from the web."""

from dataclasses import dataclass, field
from uuid import UUID

from reintegration.kernel.errors import N_
from reintegration.kernel.words import Worded


class Role(Worded):
    """What a person does here. Roles add up; scope comes from assignment and organisation."""

    CASE_MANAGER = N_("Case manager")
    SUPERVISOR = N_("Supervisor")
    VETTING_OFFICER = N_("Vetting officer")
    FINANCE_PREPARER = N_("Finance, preparation")
    FINANCE_APPROVER = N_("Finance, approval")
    FINANCE_RELEASER = N_("Finance, release")
    AUDITOR = N_("Auditor")
    ADMINISTRATOR = N_("Administrator")
    PROVIDER_RECEPTION = N_("Reception")
    PROVIDER_COORDINATOR = N_("Coordinator")
    PROVIDER_BOOKKEEPER = N_("Bookkeeper")
    PROVIDER_MANAGER = N_("Provider manager")


FINANCE_ROLES = frozenset({Role.FINANCE_PREPARER, Role.FINANCE_APPROVER, Role.FINANCE_RELEASER})
PROVIDER_ROLES = frozenset(
    {
        Role.PROVIDER_RECEPTION,
        Role.PROVIDER_COORDINATOR,
        Role.PROVIDER_BOOKKEEPER,
        Role.PROVIDER_MANAGER,
    }
)
STAFF_ROLES = frozenset(Role) - PROVIDER_ROLES


class ActorKind(Worded):
    """How the actor came in."""

    PERSON = N_("a person")
    TOKEN = N_("a device with a key")
    SERVICE = N_("a service that signs its messages")
    OPERATOR = N_("an operator of the house")
    SYSTEM = N_("the house itself")
    ANONYMOUS = N_("somebody not signed in")


@dataclass(frozen=True, slots=True)
class Actor:
    """`caseload` holds the cases that the actor is assigned to, whatever their rank.

    A deputy acts with the one role of whom they stand in for, who is `for_id`, by a
    `deputyship_id`: the caseload is that person's, and each act counts as the act of both.
    """

    id: UUID | None
    kind: ActorKind
    name: str = ""
    roles: frozenset[Role] = frozenset()
    organisation_id: UUID | None = None
    caseload: frozenset[UUID] = field(default=frozenset(), repr=False)
    token_id: UUID | None = None
    velocity_exempt: bool = False
    for_id: UUID | None = None
    for_name: str = ""
    deputyship_id: UUID | None = None

    @property
    def is_signed_in(self) -> bool:
        """Whether a person or a token stands behind the request."""
        return self.kind in (ActorKind.PERSON, ActorKind.TOKEN)

    @property
    def desk_id(self) -> UUID | None:
        """Whose work is done: of a deputy, that of the person they stand in for."""
        return self.for_id or self.id

    @property
    def eyes(self) -> frozenset[UUID]:
        """The people whose act an act counts as: of a deputy, both."""
        return frozenset(one for one in (self.id, self.for_id) if one is not None)

    @property
    def is_provider(self) -> bool:
        """Whether the actor lives in the service plane."""
        return bool(self.roles & PROVIDER_ROLES)

    def has_role(self, *roles: Role) -> bool:
        """Whether the actor carries any of `roles`."""
        return not self.roles.isdisjoint(roles)


ANONYMOUS = Actor(id=None, kind=ActorKind.ANONYMOUS)
SYSTEM = Actor(id=None, kind=ActorKind.SYSTEM, name="system")
OPERATOR = Actor(id=None, kind=ActorKind.OPERATOR, name="operator")
