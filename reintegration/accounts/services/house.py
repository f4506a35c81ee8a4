"""What a letter to a person says of the house: settings that services are handed."""

from dataclasses import dataclass

from reintegration.accounts.models import User
from reintegration.kernel.actor import PROVIDER_ROLES


@dataclass(frozen=True, slots=True)
class House:
    """Where people sign in, and what the outside calls us."""

    staff_url: str
    service_url: str
    names: tuple[str, ...]

    def url_for(self, user: User) -> str:
        """Return where such a person signs in: staff and providers have a host each."""
        return self.service_url if user.role_set & PROVIDER_ROLES else self.staff_url
