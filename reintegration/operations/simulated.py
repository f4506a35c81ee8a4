"""The simulator of Stripe that a demo runs beside itself: its secrets, its port, its command.

It is another program (tools/stripe_simulator) and is met over HTTP only; nothing of it is imported.
"""

import json
import secrets
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from reintegration.operations.embedded.place import write_once
from reintegration.settings import Settings

HOST = "127.0.0.1"
HISTORY = "stripe-history.json"
"""The file in the instance folder in which a demo says what Stripe did in its year."""
_RUNNING = "stripe-simulator-port"
"""The file in the instance folder that says where the simulator is, for as long as it is kept."""
_OWN_SETTINGS = ("STRIPE_API_KEY", "STRIPE_API_BASE", "STRIPE_WEBHOOK_SECRET")
_PORTS_TRIED = 100


class NoPort(Exception):
    """All ports near the web server's are taken."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """One simulator: where it is, what opens it, and what it keeps in the instance folder."""

    port: int
    key: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    webhook_url: str
    instance: Path

    @property
    def address(self) -> str:
        """Where it answers, and shows its page of switches."""
        return _address(self.port)

    @property
    def command(self) -> Sequence[str]:
        """What runs it."""
        return (
            *(sys.executable, "-m", "tools.stripe_simulator"),
            *("--port", str(self.port), "--key", self.key),
            *("--webhook-url", self.webhook_url, "--webhook-secret", self.webhook_secret),
            *("--state", str(self.instance / "stripe-simulator-state.json")),
            *("--history", str(self.instance / HISTORY)),
        )

    @property
    def environment(self) -> Mapping[str, str]:
        """What the web server and the scheduler are told, so that they pay through it."""
        return _told(self.key, self.port, self.webhook_secret)


def beside(settings: Settings, environ: Mapping[str, str]) -> Simulated | None:
    """Return the simulator of a demo; None in production, and where Stripe is set by hand.

    An empty STRIPE_API_KEY is set as well: it switches payments through Stripe off.
    """
    if not settings.is_demo or any(name in environ for name in _OWN_SETTINGS):
        return None
    made = _secrets(settings.instance)
    return Simulated(
        port=_free_port_after(settings.port),
        key=made["key"],
        webhook_secret=made["webhook_secret"],
        webhook_url=f"http://localhost:{settings.port}/stripe/events",
        instance=settings.instance,
    )


@contextmanager
def known(found: Simulated | None, instance: Path) -> Iterator[None]:
    """Let commands beside a running demo know where its simulator is, and after it nowhere."""
    kept = instance / _RUNNING
    kept.unlink(missing_ok=True)  # of one that was killed
    if found is not None:
        write_once(kept, f"{found.port}\n")
    try:
        yield
    finally:
        kept.unlink(missing_ok=True)


def running(instance: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Return what a command beside a running demo is told of its simulator, as its children are.

    Nothing where Stripe is set by hand, or where none runs. Only a demo asks.
    """
    kept = instance / _RUNNING
    if any(name in environ for name in _OWN_SETTINGS) or not kept.exists():
        return {}
    port = int(kept.read_text())
    if is_free(port):  # it was killed, and its keeper with it
        return {}
    made = _secrets(instance)
    return _told(made["key"], port, made["webhook_secret"])


def _told(key: str, port: int, webhook_secret: str) -> dict[str, str]:
    return dict(zip(_OWN_SETTINGS, (key, _address(port), webhook_secret), strict=True))


def _address(port: int) -> str:
    return f"http://{HOST}:{port}"


def is_free(port: int) -> bool:
    """Whether a program may listen on a port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _free_port_after(port: int) -> int:
    for candidate in range(port + 1, min(port + _PORTS_TRIED, 65_535) + 1):
        if is_free(candidate):
            return candidate
    raise NoPort(f"No port after {port} is free for the simulator of Stripe.")


def _secrets(instance: Path) -> dict[str, str]:
    fresh = {
        "key": f"sk_test_{secrets.token_hex(16)}",
        "webhook_secret": f"whsec_{secrets.token_hex(16)}",
    }
    instance.mkdir(parents=True, exist_ok=True)
    text = write_once(instance / "stripe-simulator.json", json.dumps(fresh, indent=1) + "\n")
    made: dict[str, str] = json.loads(text)
    return made
