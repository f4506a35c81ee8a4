"""Codes bring their words; their bare value leaves them at the edge of the house only."""

import ast
import re

from tests.house.source import ROOT

FLOORS = ("reintegration", "providers", "vouchers")
MOST_VALUES = 24
TONES = {"grey", "gold", "moss", "clay", "sky", "green"}


def files():
    return [path for floor in FLOORS for path in sorted((ROOT / floor).rglob("*.py"))]


def is_table_of_words(node):
    """Whether a dict gives members of a code list their words or their tones."""
    if not isinstance(node, ast.Dict) or not node.keys:
        return False
    by_member = all(
        isinstance(key, ast.Attribute) and key.attr.isupper() and isinstance(key.value, ast.Name)
        for key in node.keys
    )
    return by_member and all(map(is_word, node.values))


def is_word(value):
    match value:
        case ast.Call(func=ast.Name(id="N_" | "_" | "_l")):
            return True
        case ast.Constant(value=tone):
            return tone in TONES
        case ast.Tuple(elts=[first, *_]):
            return is_word(first)
    return False


def tables(source):
    return [node.lineno for node in ast.walk(ast.parse(source)) if is_table_of_words(node)]


def test_a_table_of_words_beside_a_code_list_is_seen():
    assert tables('LABELS = {State.DRAFT: N_("Draft"), State.DONE: N_("Done")}') == [1]
    assert tables('TONES = {State.DRAFT: "grey"}') == [1]
    assert tables('WORDS = {State.DRAFT: (N_("Draft"), "grey")}') == [1]
    assert tables('HEADS = {"draft": N_("Draft")}') == []


def test_words_and_tones_of_a_code_stand_at_its_member():
    allowed = {
        "vouchers/stripe_rail/queries/payable.py": "sentences of a refusal, whom and what to do",
        "vouchers/voucher/services/redeemability.py": "sentences of a refusal, with their codes",
    }
    found = {
        name
        for path in files()
        if tables(path.read_text(encoding="utf-8"))
        and (name := str(path.relative_to(ROOT))) not in allowed
    }
    assert found == set()


def test_the_bare_value_of_a_code_is_for_the_edge():
    text = "\n".join(path.read_text(encoding="utf-8") for path in files())
    assert len(re.findall(r"\.value\b", text)) <= MOST_VALUES


def test_a_reason_that_the_house_gives_is_a_sentence_in_every_language():
    said = {
        word.value.value
        for path in files()
        for word in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(word, ast.keyword) and word.arg in ("reason", "comment")
        if isinstance(word.value, ast.Constant) and isinstance(word.value.value, str)
    }
    assert said <= {""}
