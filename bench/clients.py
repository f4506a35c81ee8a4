"""Clients in a process of their own: each sends its next request when it has its answer.

Run as `python -m bench.clients`, with the work as JSON on standard input; it prints how many
answers came per second, how many of them were not the expected status, and what the slowest took.
"""

import http.client
import json
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass


@dataclass
class Work:
    """Requests to one server of this machine: `requests` once each, or `seconds` of the first."""

    port: int
    clients: int
    method: str
    expect: int
    requests: list[dict]
    seconds: float = 0.0


@dataclass
class Answered:
    """Answers per second, the number of unexpected ones, and the seconds of the slowest."""

    per_second: float
    unexpected: int
    slowest: float


def run(work: Work) -> Answered:
    """Let the clients work, and return what came of it."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.clients"],
        input=json.dumps(asdict(work)),
        capture_output=True,
        text=True,
        check=True,
    )
    return Answered(**json.loads(done.stdout))


def _serve(work: Work) -> Answered:
    stop_at = time.monotonic() + work.seconds if work.seconds else None
    shares = [work.requests[number :: work.clients] for number in range(work.clients)]
    counts, unexpected = [0] * work.clients, [0] * work.clients
    slowest = [0.0] * work.clients

    def client(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", work.port, timeout=60)
        share, position = (work.requests if stop_at else shares[number]), 0
        while position < len(share) or stop_at:
            if stop_at and time.monotonic() >= stop_at:
                break
            request = share[position % len(share)]
            position += 1
            body = request.get("body")
            asked = time.monotonic()
            connection.request(work.method, request["path"], body, request["headers"])
            answer = connection.getresponse()
            answer.read()
            slowest[number] = max(slowest[number], time.monotonic() - asked)
            counts[number] += 1
            unexpected[number] += answer.status != work.expect
        connection.close()

    threads = [threading.Thread(target=client, args=(n,)) for n in range(work.clients)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Answered(sum(counts) / (time.monotonic() - began), sum(unexpected), max(slowest))


if __name__ == "__main__":
    print(json.dumps(asdict(_serve(Work(**json.load(sys.stdin))))))
