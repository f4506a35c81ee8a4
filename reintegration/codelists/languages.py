"""The languages that everything is written in."""

from reintegration.kernel.words import Worded


class Locale(Worded):
    """The languages that everything is written in."""

    RO = "Română"
    RU = "Русский"
    EN = "English"
