"""A district is found by each of its names, in three languages, with or without what it is."""

import pytest

from reintegration.codelists.territorial_units import TERRITORIAL_UNITS, find_unit


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("mun. Chișinău", "MD-CU"),
        ("municipiul Chişinău", "MD-CU"),
        ("Кишинёв", "MD-CU"),
        ("Кишинев", "MD-CU"),
        ("мун. Кишинэу", "MD-CU"),
        ("raionul Orhei", "MD-OR"),
        ("r-nul Orhei", "MD-OR"),
        ("r-n Orhei", "MD-OR"),
        ("or. Orhei", "MD-OR"),
        ("Кагульский район", "MD-CA"),
        ("Оргеевский р-н", "MD-OR"),
        ("Оргеевского района", "MD-OR"),
        ("Штефан-Водский район", "MD-SV"),
        ("р-н Оргеев", "MD-OR"),
        ("UTA Găgăuzia", "MD-GA"),
        ("U.T.A. Gagauzia", "MD-GA"),
        ("АТО Гагаузия", "MD-GA"),
        ("Comrat", "MD-GA"),
        ("Tiraspol", "MD-SN"),
        ("г. Тирасполь", "MD-SN"),
        ("Bender (Tighina)", None),
        ("Tighina", "MD-BD"),
        ("Hâncești", "MD-HI"),
        ("Hincesti", "MD-HI"),
        ("Rîşcani", "MD-RI"),
        ("MD-UN", "MD-UN"),
        ("md un", "MD-UN"),
        ("București", None),
        ("raionul", None),
        ("", None),
    ],
)
def test_a_district_is_found_by_what_people_write(written, code):
    assert find_unit(written) == code


def test_every_unit_is_found_by_its_name_and_its_code():
    for unit in TERRITORIAL_UNITS.values():
        assert find_unit(unit.name) == find_unit(f"raionul {unit.name}") == unit.code
