"""Finding by words: each word that is typed begins a word of the text, however it is spelled.

The database folds both sides (`punte_fold` of migration 0015): capitals, marks on letters, and
Cyrillic letters that look Latin make no difference. No word finds nothing.
"""

from typing import Any

from sqlalchemy import ColumnElement, Index, func, literal_column, select, text
from sqlalchemy.orm import InstrumentedAttribute

Text = InstrumentedAttribute[str]


def words_index(table: str, *columns: str) -> Index:
    """Return the index of the words of some columns together, as the migration makes it."""
    together, *more = columns
    for number, column in enumerate(more):
        before = f"({together})" if number else together
        together = f"({before} || ' '::text) || {column}"
    return Index(f"ix_{table}_words", text(f"punte_words({together})"), postgresql_using="gin")


def has_words(said: str, first: Text, *more: Text) -> ColumnElement[bool]:
    """Return whether these columns together have the words.

    The migration indexes the same columns in the same order.
    """
    together: Any = first
    for column in more:
        together = together.concat(literal_column("' '")).concat(column)
    return func.punte_words(together).bool_op("@@")(func.punte_sought(said))


def is_called(model: Any, said: str) -> ColumnElement[bool]:
    """Return whether a row of a guarded table is among the newest thousand with the words."""
    called = getattr(func, f"punte_called_{model.__tablename__}")(said)
    found: ColumnElement[bool] = model.id.in_(select(called.column_valued("id")))
    return found
