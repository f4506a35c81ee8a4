"""`make bench`: prints the table and writes `bench/results.json`."""

import sys
from pathlib import Path

from bench import bank, lists, redemptions
from bench.report import show, write
from bench.stage import stage


def main() -> int:
    figures = []
    for legs in (redemptions, lists, bank):
        print(f"{legs.__name__.removeprefix('bench.')} …", file=sys.stderr, flush=True)
        with stage() as set_up:
            figures += legs.figures(set_up)
    print(show(figures))
    write(figures, Path(__file__).parent / "results.json")
    return 0


if __name__ == "__main__":
    sys.exit(main())
