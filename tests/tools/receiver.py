"""An address that takes webhooks, and remembers them as they came."""

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATIENCE = 20.0


@dataclass
class Receiver:
    """What came, in its order; `answers` are given first, then 200."""

    url: str
    answers: list[int] = field(default_factory=list)
    came: list[tuple[str, str]] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, number: int) -> list[tuple[str, str]]:
        """Return the first (signature, body) pairs, once there are so many."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.came) >= number, PATIENCE), self.came
            return self.came[:number]


@contextmanager
def receiving():
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            with receiver.arrived:
                status = receiver.answers.pop(0) if receiver.answers else 200
                receiver.came.append((self.headers["Stripe-Signature"], body))
                receiver.arrived.notify_all()
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}/hook")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
