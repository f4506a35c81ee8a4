"""Which of all addresses a call means."""

from tools.stripe_simulator import v1, v2
from tools.stripe_simulator.calls import Call, Route
from tools.stripe_simulator.errors import Refusal


def route(call: Call) -> tuple[Route, dict[str, str]]:
    """Return the route of a call, with the ids in its address."""
    for one in (*v1.ROUTES, *v2.ROUTES):
        ids = one.ids(call.method, call.path)
        if ids is not None:
            return one, ids
    wrong = f"Unrecognized request URL ({call.method}: {call.path})"
    raise Refusal(wrong, status=404, kept=False)
