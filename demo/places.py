"""Where things stand: invented streets in real localities."""

from random import Random

from reintegration.codelists.territorial_units import TERRITORIAL_UNITS

_SEATS = {"MD-SN": "Tiraspol", "MD-GA": "Comrat"}
_STREETS = (
    "Livezii",
    "Teilor",
    "Izvorului",
    "Morii",
    "Fântânilor",
    "Viilor",
    "Cireșilor",
    "Luncii",
    "Dealului",
    "Podului",
)


def locality(unit: str) -> str:
    """Return the seat of a unit."""
    return _SEATS.get(unit, TERRITORIAL_UNITS[unit].name)


def address(rng: Random) -> str:
    """Return a street and a number."""
    return f"str. {rng.choice(_STREETS)} {rng.randrange(1, 90)}"
