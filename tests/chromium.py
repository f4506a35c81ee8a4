"""`make test` needs Debian's Chromium for the browser tests: find it, install it, or say how."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_APT = "apt-get install --yes --no-install-recommends chromium"


def find() -> str | None:
    """Return the path of an installed Chromium, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def main() -> int:
    """Make sure that there is one; return 1 after saying what to type when there cannot be."""
    if find() is None and os.geteuid() == 0 and shutil.which("apt-get"):
        sys.stdout.write("Installing Chromium for the browser tests\n")
        sys.stdout.flush()
        for command in ("apt-get update --quiet", _APT):
            subprocess.run(
                command.split(),
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                stdout=subprocess.DEVNULL,
                check=False,
            )
    if find() is None:
        sys.stderr.write(
            "The browser tests need Chromium. On Debian type:\n"
            f"  sudo apt-get update && sudo {_APT}\n"
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
