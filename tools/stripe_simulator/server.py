"""The thin layer of HTTP: a WSGI application, and a server with threads on this machine only."""

import json
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from tools.stripe_simulator import api, delivery, pages
from tools.stripe_simulator.calls import Call
from tools.stripe_simulator.state import State

_HERE = "127.0.0.1"


class Simulator:
    """The simulator as a WSGI application."""

    def __init__(self, state: State) -> None:
        self.state = state

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a program or a browser."""
        request = Request(environ)
        if not request.path.startswith(("/v1/", "/v2/")):
            return pages.respond(self.state, request)(environ, start_response)
        answered = api.answer(self.state, _call(request))
        if answered.dropped:
            _hang_up(environ)
        body = json.dumps(answered.body, indent=2)
        response = Response(body, answered.status, answered.headers, mimetype="application/json")
        return response(environ, start_response)


def _call(request: Request) -> Call:
    return Call(
        method=request.method,
        path=request.path,
        query=request.query_string.decode("utf-8", "replace"),
        body=request.get_data(),
        headers={name.lower(): value for name, value in request.headers},
        base_url=request.host_url.rstrip("/"),
    )


def _hang_up(environ: WSGIEnvironment) -> None:
    """Close the connection; the server takes the error for a client that is gone."""
    connection: socket.socket = environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError


class _Quiet(WSGIRequestHandler):
    """Answers without a line in the log for each request."""

    def log_request(self, *_arguments: Any) -> None:
        """Say nothing."""


def make(state: State, port: int = 0) -> BaseWSGIServer:
    """Return a server with threads on this machine, on a free port unless one is given."""
    return make_server(_HERE, port, Simulator(state), threaded=True, request_handler=_Quiet)


@contextmanager
def serve(state: State, port: int = 0) -> Iterator[str]:
    """Run the simulator in this process, with its deliveries, and give its address."""
    server = make(state, port)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.01}, name="simulator", daemon=True
    )
    thread.start()
    state.stopping.clear()
    webhooks = delivery.run(state)
    try:
        yield f"http://{_HERE}:{server.server_port}"
    finally:
        state.stopping.set()
        state.wake.set()
        server.shutdown()
        server.server_close()
        thread.join()
        webhooks.join()
