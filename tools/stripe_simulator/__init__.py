"""A Stripe of our own, for tests and the demo; see README.md beside this file."""

from tools.stripe_simulator.passing import advance
from tools.stripe_simulator.people import do
from tools.stripe_simulator.server import Simulator, serve
from tools.stripe_simulator.state import API_VERSION, Settings, State
from tools.stripe_simulator.switches import Switch, arm, clear

__all__ = [
    "API_VERSION",
    "Settings",
    "Simulator",
    "State",
    "Switch",
    "advance",
    "arm",
    "clear",
    "do",
    "serve",
]
