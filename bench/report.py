"""Figures, their controls and their goals, as a table and as JSON."""

import json
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Figure:
    """`value` against `control`; a goal is on the ratio, at least or at most."""

    name: str
    value: float
    unit: str
    against: str
    control: float
    at_least: float | None = None
    at_most: float | None = None

    @property
    def ratio(self) -> float:
        return self.value / self.control if self.control else float("inf")

    @property
    def goal(self) -> str | None:
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return f"≤ {self.at_most:g}" if self.at_most is not None else None

    @property
    def met(self) -> bool | None:
        if self.at_least is not None:
            return self.ratio >= self.at_least
        return self.ratio <= self.at_most if self.at_most is not None else None


def interleaved(legs, rounds: int = 3) -> list[float]:
    """Run each leg once a round, so that a slow phase of the machine hits all of them."""
    taken = [[leg() for leg in legs] for _ in range(rounds)]
    return [median(round_[number] for round_ in taken) for number in range(len(legs))]


def show(figures: list[Figure]) -> str:
    rows = [("figure", "value", "against", "control", "ratio", "goal", "met")]
    rows += [
        (
            figure.name,
            f"{figure.value:,.4g} {figure.unit}",
            figure.against,
            f"{figure.control:,.4g}",
            f"{figure.ratio:.3f}",
            figure.goal or "–",
            {True: "yes", False: "NO", None: "–"}[figure.met],
        )
        for figure in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )


def write(figures: list[Figure], path: Path) -> None:
    content = {
        figure.name: {
            "value": round(figure.value, 4),
            "unit": figure.unit,
            "against": f"{figure.against}: {figure.control:.4g}",
            "ratio": round(figure.ratio, 4),
            "goal": figure.goal,
            "met": figure.met,
        }
        for figure in figures
    }
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
