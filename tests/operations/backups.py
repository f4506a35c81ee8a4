"""Backups that somebody changed, sealed again to the same key."""

import io
import json
import tarfile

from reintegration.operations.backup import sealing


def sealed_again(world, folder, *, manifest=None, figures=None, renamed=None):
    """Return a backup with another manifest, other figures or other names in it."""
    changed = io.BytesIO()
    with (
        world.backup.open("rb") as sealed,
        sealing.opened(sealed, world.key) as stream,
        tarfile.open(fileobj=stream, mode="r|") as before,
        tarfile.open(fileobj=changed, mode="w") as after,
    ):
        for member in before:
            data = before.extractfile(member).read()
            if member.name == "manifest.json" and manifest:
                data = json.dumps(json.loads(data) | manifest).encode()
            if member.name == "end.json":
                data = _end(json.loads(data), figures, renamed or {})
            whole, _, number = member.name.rpartition("/")
            fresh = tarfile.TarInfo(f"{(renamed or {}).get(whole, whole)}/{number}".lstrip("/"))
            fresh.size = len(data)
            after.addfile(fresh, io.BytesIO(data))
    made = folder / "changed.age"
    with made.open("wb") as file:
        sealing.seal([changed.getvalue()], file, to=world.public)
    return made


def _end(told, figures, renamed):
    told["figures"]["tables"] |= figures or {}
    told["sums"] = {renamed.get(name, name): one for name, one in told["sums"].items()}
    return json.dumps(told).encode()
