"""Bringing one's own running cases in by a table."""

from reintegration.cases.permissions import CasePermission
from reintegration.cases.queries import cases
from reintegration.kernel.errors import N_
from reintegration.plans.services.bringing_cases import columns, writing
from reintegration.web.bringing import Kind
from reintegration.web.bringing_pages import pages_of

CASES = Kind(
    name="cases",
    title=N_("Import running cases"),
    hint=N_(
        "Several rows for each case, without names: by a number of the office. Plans come in as"
        " drafts, and a supervisor approves them."
    ),
    order=40,
    permission=CasePermission.BRING_IN,
    columns=columns.COLUMNS,
    examples=columns.EXAMPLES,
    counted=columns.COUNTED,
    carry_out=writing.carry_out,
    already=cases.how_many,
    allowed=columns.allowed,
    after=("cases.case_list", N_("Go to the cases")),
)
cases_bp = pages_of(CASES, "/cases/import")
