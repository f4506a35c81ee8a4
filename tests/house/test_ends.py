"""Whatever ends by its date has a door, a warning and a sweep: the table of `docs/architecture.md`."""

import re
from importlib import import_module
from pathlib import Path

from sqlalchemy import Date, DateTime

from reintegration.app import FEATURES
from reintegration.kernel import jobs
from reintegration.kernel.base import Base
from tests.house.test_where import resolved

for feature in FEATURES:
    import_module(feature)
TEXT = (Path(__file__).parents[2] / "docs" / "architecture.md").read_text(encoding="utf-8")
SECTION = TEXT.partition("## What ends by its date")[2].partition("\n## ")[0]
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in SECTION.splitlines()
    if line.startswith("| `")
]
ENDS = re.compile(r"(^|_)(until|ends|expires|expiry|due|by)(_|$)|^review_on$|deadline|valid_to")
NO_ENDS = {
    "bank_statement.until_on": "Says which days a statement told of.",
    "budget_line.pays_until": "Says for which days it may pay; nothing that was promised ends.",
    "case_member.until": "Is set to the moment at which somebody leaves, never ahead.",
    "claim.period_until": "Says which days a claim is about.",
    "emergency_start.ratify_by": "Nothing ends: a second person decides, and both are told when it is late.",
    "fund.ends_on": "Nothing that was promised ends; its lines are offered no more for days after it.",
    "milestone.due_on": "Nothing ends: a step is late, which the manager is told.",
    "milestone.due_told_of": "Marks which day was told.",
    "plan.review_on": "Nothing ends: the manager is told that a review is due.",
    "account_link.expires_at": "Is asked at each use; whoever comes later asks for another.",
    "desk_device.code_until": "Is asked when it is typed; whoever comes later asks for another.",
    "known_browser.passed_until": "Is asked at each sign-in; from then on a code is asked for.",
    "sign_in_session.ends_at": "Is asked at each request; whoever comes signs in again.",
    "try_counter.window_ends_at": "From then on wrong tries are counted anew.",
}


def ends():
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Date | DateTime) and ENDS.search(column.name)
    }


def named(cell):
    return re.findall(r"`([^`]+)`", cell)


def test_each_column_that_names_an_end_has_a_door_or_a_reason():
    listed = {named(row[0])[0] for row in ROWS}
    assert listed | NO_ENDS.keys() == ends()
    assert listed.isdisjoint(NO_ENDS)


def test_each_door_is_there_and_each_warning_and_sweep_is_a_job(app):
    scheduled = {job.name for job in jobs.scheduled()}
    for row in ROWS:
        _column, does, ahead, swept = row
        for symbol in named(does):
            resolved(symbol)
        assert named(does), row
        assert set(named(ahead)) | set(named(swept)) <= scheduled, row
        assert named(swept), row


def test_the_days_of_a_warning_are_those_of_the_code():
    from providers.vetting.services import expiry as approvals
    from reintegration.accounts.services import tokens
    from reintegration.cases.services import consent_ends
    from vouchers.stripe_rail.services import deadlines
    from vouchers.voucher.services import expiry as vouchers

    said = {named(row[0])[0]: tuple(map(int, re.findall(r"\b\d+\b", row[2]))) for row in ROWS}
    assert said["consent.valid_until"] == consent_ends.ENDS_BEFORE.initially
    assert said["offering.approved_until"] == approvals.ENDS_BEFORE.initially
    assert said["vetting_document.expires_on"] == approvals.REMIND_BEFORE.initially
    assert said["voucher.valid_until"] == (vouchers.ENDS_BEFORE.initially.days,)
    assert said["api_token.expires_on"] == tokens.ENDS_BEFORE.initially
    assert said["stripe_account.due_at"] == deadlines.ENDS_BEFORE
