"""The languages that everything is written in."""

from enum import StrEnum


class Locale(StrEnum):
    """The languages that everything is written in."""

    RO = "ro"
    RU = "ru"
    EN = "en"
