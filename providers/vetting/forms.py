"""Forms of vetting and of the import."""

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from providers.vetting.services.documents import DocumentSaid
from reintegration.codelists.documents import DocumentKind
from reintegration.codelists.languages import Locale
from reintegration.web.forms import (
    After,
    DayField,
    Form,
    choices,
    encoding_field,
    file_field,
    given,
    option,
)

LONGEST_REASON = 500


class ReasonForm(Form):
    """Why; others will read it later."""

    reason = TextAreaField(
        _l("Reason"),
        [InputRequired(_l("Write the reason.")), Length(max=LONGEST_REASON)],
        description=_l("Others will need to understand this later."),
    )


class AssessForm(Form):
    """What an officer looks at before another one approves: the list of the provider's law."""

    looked_at = SelectMultipleField(_l("What you looked at"), choices=[])

    def ask(self, lines: Sequence[Mapping[str, str]], language: str) -> None:
        """Ask for each of these, by what it says: the list may be another one at the answer."""
        self.looked_at.choices = [option(line[Locale.RO], line[language]) for line in lines]

    @property
    def lines(self) -> list[str]:
        """Return what was ticked, in Romanian whatever language it was read in."""
        return self.looked_at.data or []


class ApproveForm(Form):
    """Until when an approval holds."""

    until = DayField(_l("Approve until"), [InputRequired(_l("Choose a day."))])


class DocumentForm(Form):
    """A document that an officer saw."""

    kind = SelectField(
        _l("Document"),
        [InputRequired(_l("Choose the document."))],
        choices=[option("", "–"), *choices(DocumentKind)],
    )
    reference = StringField(_l("Number"), [Length(max=80)])
    issued_on = DayField(_l("Issued on"), [InputRequired(_l("Enter the day of issue."))])
    expires_on = DayField(
        _l("Valid until"),
        [Optional(), After("issued_on", _l("The last day lies before the day of issue."))],
        description=_l("Leave it empty if it has no end."),
    )

    def said(self) -> DocumentSaid:
        """Return what was typed, once it is valid."""
        return {
            "kind": DocumentKind(self.kind.data),
            "reference": self.reference.data or "",
            "issued_on": given(self.issued_on.data),
            "expires_on": self.expires_on.data,
        }


class UploadForm(Form):
    """A spreadsheet."""

    file = file_field(
        _l("File"), _l("CSV or XLSX, at most 20 MB. One row for each service at each site.")
    )
    encoding = encoding_field()
