"""The application behind a real server, for browsers and for many clients at once."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reintegration.operations.embedded import die_with_parent
from tests.database import ROOT, Database

_SECONDS_TO_ANSWER = 60.0


@dataclass(frozen=True)
class LiveServer:
    """A running gunicorn; `url` has no slash at its end."""

    url: str
    port: int
    database: Database
    process: "subprocess.Popen[bytes]"
    log: Path

    def stop(self) -> None:
        """End it with all its workers."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


def run_live(
    database: Database,
    log: Path,
    *,
    workers: int,
    threads: int,
    app: str,
    environment: Mapping[str, str] | None = None,
) -> LiveServer:
    """Run `app` on a free port of this machine until it is stopped; wait for its first answer.

    `environment` are settings beside those of the database.
    """
    port = _free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", app, "--bind", f"127.0.0.1:{port}"),
        *("--worker-class", "gthread", "--workers", str(workers), "--threads", str(threads)),
        *("--log-level", "warning", "--no-control-socket", "--graceful-timeout", "5"),
    ]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**database.process_environment(), **(environment or {}), "PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - it only asks the kernel
        )
    server = LiveServer(f"http://localhost:{port}", port, database, process, log)
    try:
        _wait_for(server)
    except BaseException:
        server.stop()
        raise
    return server


def _wait_for(server: LiveServer) -> None:
    give_up = time.monotonic() + _SECONDS_TO_ANSWER
    while time.monotonic() < give_up and server.process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
        finally:
            connection.close()
    message = f"the application did not answer:\n{server.log.read_text(errors='replace')[-3000:]}"
    raise RuntimeError(message)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
