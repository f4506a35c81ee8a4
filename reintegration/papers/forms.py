"""Forms of papers: pages, the one question, and rectangles."""

from collections.abc import Iterable
from contextlib import suppress
from typing import ClassVar

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import Field, MultipleFileField
from wtforms.validators import NumberRange, Optional, ValidationError
from wtforms.widgets import HiddenInput

from reintegration.papers.content.kinds import MOST_BYTES
from reintegration.papers.content.pictures import Rectangle
from reintegration.papers.services.uploading import Upload
from reintegration.web.forms import CountField, Form, pressed

NAMED, UNNAMED = "named", "unnamed"
_WITHIN = NumberRange(0, 100, _l("Enter a number from 0 to 100."))
_TENTHS = 10


class PagesForm(Form):
    """Files and photographs, each one or more pages."""

    files = MultipleFileField(_l("Files"))

    def validate_files(self, field: Field) -> None:
        """Raise ValidationError when nothing was chosen."""
        if not self._sent(field):
            raise ValidationError(str(_l("Photograph a page or choose a file first.")))

    def uploads(self) -> list[Upload]:
        """Return what was sent, of each file no more than shows that it is too large."""
        return [
            Upload(file.filename or "", file.stream.read(MOST_BYTES + 1))
            for file in self._sent(self.files)
        ]

    @staticmethod
    def _sent(field: Field) -> list[FileStorage]:
        found = field.data or []
        return [file for file in found if isinstance(file, FileStorage) and file.filename]


class AnswerForm(Form):
    """Whether the name of a person helped stands in a paper; the answer is a button."""

    refused_at: ClassVar[str | None] = "answer"
    answer = pressed(NAMED, UNNAMED)


class RectanglesField(Field):
    """Rectangles that a script drew: each “left,top,width,height” in thousandths of the page."""

    widget = HiddenInput()
    data: list[Rectangle]

    def process_data(self, value: Iterable[Rectangle] | None) -> None:
        """Begin with none."""
        self.data = list(value or ())

    def process_formdata(self, valuelist: Iterable[str]) -> None:
        """Read what was drawn; what is no rectangle is passed over."""
        self.data = []
        for text in valuelist:
            with suppress(ValueError, TypeError):
                self.data.append(Rectangle(*map(int, text.split(","))))

    def _value(self) -> str:
        return ""


class BlackOutForm(Form):
    """What of a page shall be black: drawn, or given as percent of the page."""

    rectangles = RectanglesField()
    left = CountField(_l("From the left edge, in percent"), [Optional(), _WITHIN])
    top = CountField(_l("From the upper edge, in percent"), [Optional(), _WITHIN])
    width = CountField(_l("Width, in percent"), [Optional(), _WITHIN])
    height = CountField(_l("Height, in percent"), [Optional(), _WITHIN])

    def drawn(self) -> list[Rectangle]:
        """Return every rectangle that was drawn or given."""
        typed = [one.data for one in (self.left, self.top, self.width, self.height)]
        given = (
            [Rectangle(*(_TENTHS * one for one in typed if one is not None))]
            if None not in typed
            else []
        )
        return [*self.rectangles.data, *given]
