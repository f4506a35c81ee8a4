"""`make bench`: prints the table and writes `bench/results.json`.

`python -m bench redemptions` runs one leg and only prints.
"""

import sys
from pathlib import Path

from bench import bank, lists, messages, million, redemptions
from bench.report import Figure, show, write
from bench.stage import stage

LEGS = {
    "redemptions": redemptions,
    "messages": messages,
    "lists": lists,
    "bank": bank,
    "million": million,
}


def main(wanted: list[str]) -> int:
    unknown = set(wanted) - set(LEGS)
    if unknown:
        print(f"There is no {', '.join(sorted(unknown))}; there is {', '.join(LEGS)}.")
        return 2
    figures: list[Figure] = []
    for name in wanted or LEGS:
        print(f"{name} …", file=sys.stderr, flush=True)
        with stage() as set_up:
            figures += LEGS[name].figures(set_up)
    print(show(figures))
    if not wanted:
        write(figures, Path(__file__).parent / "results.json")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
