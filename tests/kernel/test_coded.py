"""Columns of codes take what is on their list, and say so at once."""

from enum import StrEnum

import pytest
from sqlalchemy.dialects.postgresql.psycopg import dialect

from reintegration.kernel.coded import Coded, Registered

DRIVER = dialect()


class Fruit(StrEnum):
    PEAR = "pear"


def test_no_code_is_empty_text_in_the_column_and_none_in_python():
    column = Coded(Fruit, or_none=True)
    assert [column.process_bind_param(one, DRIVER) for one in (None, Fruit.PEAR)] == ["", "pear"]
    assert [column.process_result_value(one, DRIVER) for one in ("", "pear")] == [None, Fruit.PEAR]


@pytest.mark.parametrize("column", [Coded(Fruit), Registered(lambda: {"pear"})])
def test_what_is_on_no_list_is_not_written(column):
    assert column.process_bind_param("pear", DRIVER) == "pear"
    with pytest.raises(ValueError, match="plum"):
        column.process_bind_param("plum", DRIVER)
