"""Asking ClamAV's daemon whether bytes are harmful, over its socket (INSTREAM)."""

import socket
import struct
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

_CHUNK = 64 * 1024
_PATIENCE = 60.0
"""Seconds for one answer; a large file takes some."""
_LONGEST_ANSWER = 4096
_LENGTH = struct.Struct("!I")


class NoAnswer(Exception):
    """The scanner is not there, or answered something else than yes or no."""


@dataclass(frozen=True, slots=True)
class Scanner:
    """ClamAV at `unix:///run/clamav/clamd.ctl` or `tcp://127.0.0.1:3310`."""

    address: str

    def is_harmful(self, content: bytes) -> bool:
        """Whether the scanner found something; raise NoAnswer when nobody knows."""
        try:
            with self._connected() as connected:
                said = _asked(connected, content)
        except OSError as problem:
            raise NoAnswer(type(problem).__name__) from None
        if said.endswith(b" FOUND"):
            return True
        if said.endswith(b" OK"):
            return False
        raise NoAnswer("an answer that is neither OK nor FOUND")

    def is_there(self) -> bool:
        """Whether the scanner answers at all."""
        try:
            with self._connected() as connected:
                connected.sendall(b"zPING\0")
                return connected.recv(_LONGEST_ANSWER).startswith(b"PONG")
        except OSError:
            return False

    def _connected(self) -> socket.socket:
        parts = urlsplit(self.address)
        if parts.scheme == "tcp":
            return socket.create_connection((parts.hostname, parts.port or 3310), _PATIENCE)
        opened = socket.socket(socket.AF_UNIX)
        opened.settimeout(_PATIENCE)
        try:
            opened.connect(str(Path(parts.path)))
        except OSError:
            opened.close()
            raise
        return opened


def _asked(connected: socket.socket, content: bytes) -> bytes:
    connected.sendall(b"zINSTREAM\0")
    for start in range(0, len(content), _CHUNK):
        chunk = content[start : start + _CHUNK]
        connected.sendall(_LENGTH.pack(len(chunk)) + chunk)
    connected.sendall(_LENGTH.pack(0))
    said = b""
    while b"\0" not in said and len(said) < _LONGEST_ANSWER:
        more = connected.recv(_LONGEST_ANSWER)
        if not more:
            break
        said += more
    return said.rstrip(b"\0\n")


_in_use: list[Scanner] = []


def use(scanner: Scanner | None) -> None:
    """Say which scanner is asked from now on, if any."""
    _in_use[:] = [scanner] if scanner else []


def in_use() -> Scanner | None:
    """Return the scanner, or None where none is set."""
    return _in_use[0] if _in_use else None
