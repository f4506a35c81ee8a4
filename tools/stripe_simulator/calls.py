"""A call as it came in, and the answer to it, whatever carried them."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tools.stripe_simulator.errors import Refusal
from tools.stripe_simulator.forms import nested
from tools.stripe_simulator.objects import Json
from tools.stripe_simulator.state import State


@dataclass
class Call:
    """A request. `given` and `ids` are filled in once its route is known."""

    method: str
    path: str
    query: str
    body: bytes
    headers: dict[str, str]
    base_url: str
    ids: dict[str, str] = field(default_factory=dict)
    given: Json = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """What is asked for: `POST /v1/transfers`."""
        return f"{self.method} {self.path}"

    @property
    def matched(self) -> str:
        """What switches match: the same, with the key of a write or what a list is asked for."""
        return f"{self.subject} {self.headers.get('idempotency-key', '') or self.query}"

    @property
    def account(self) -> str:
        """Whose things are asked for; empty is the platform."""
        return self.headers.get("stripe-account") or self.headers.get("stripe-context", "")

    @property
    def is_json(self) -> bool:
        """Whether the body is JSON, as in v2."""
        return self.method == "POST" and self.path.startswith("/v2/")

    def values(self) -> dict[str, Any]:
        """Return what came, nested and not yet checked."""
        if self.method != "POST":
            return nested(self.query)
        if not self.is_json:
            return nested(self.body.decode("utf-8", "replace"))
        try:
            found = json.loads(self.body or b"{}")
        except ValueError as wrong:
            raise Refusal("The body is not JSON", kept=False) from wrong
        if not isinstance(found, dict):
            raise Refusal("The body is not an object", kept=False)
        return found


@dataclass
class Answer:
    """What is answered; a dropped one is never sent."""

    status: int
    body: Json
    headers: dict[str, str] = field(default_factory=dict)
    dropped: bool = False


Act = Callable[[State, Call], Json]


@dataclass(frozen=True)
class Route:
    """An address, what it takes and what it does; one in pages also takes which page."""

    method: str
    path: str
    takes: Any
    act: Act
    in_pages: bool = False

    def ids(self, method: str, path: str) -> dict[str, str] | None:
        """Return the ids in an address of this route, or nothing if it is another's."""
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path)
        found = re.fullmatch(pattern, path) if method == self.method else None
        return None if found is None else found.groupdict()
