"""The form of an import."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired

from reintegration.web.forms import Form


class UploadForm(Form):
    """A spreadsheet."""

    file = FileField(
        _l("File"),
        [FileRequired(_l("Choose a file."))],
        description=_l("CSV or XLSX, at most 20 MB. One row for each service at each site."),
    )
