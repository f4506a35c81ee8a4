"""The languages that everything is written in."""

from reintegration.kernel.words import Worded


class Locale(Worded):
    """The languages that everything is written in."""

    RO = "ro", "Română"
    RU = "ru", "Русский"
    EN = "en", "English"
