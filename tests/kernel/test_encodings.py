"""A file's letters are told by evidence; where there is not enough, both readings are shown."""

import pytest

from reintegration.kernel import encodings
from reintegration.kernel.encodings import Encoding, Unreadable, Unsure

ROMANIAN = "Asociaţia „Ţărm Nou”; Consiliere individuală; str. Ştefan cel Mare 1; în mână"
RUSSIAN = "ООО «Солнышко»; Оплата услуг по договору № 5; Кишинёв"
FRENCH = "Opération; Libellé; Crédit; Devise; Loyer à payer"
MIXED = "Кишинёв; Chișinău; Opération"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (ROMANIAN, "cp1250"),
        (RUSSIAN, "cp1251"),
        (FRENCH, "cp1252"),
        (MIXED, "utf-8"),
        (MIXED, "utf-8-sig"),
        (MIXED, "utf-16"),
        (MIXED, "utf-16-be"),
        ("Дата;Сумма\nОплата услуг" * 20, "utf-16-le"),
        ("Дата;Сумма\nОплата услуг" * 20, "utf-16-be"),
        ("Data;Suma\n02.03.2027;1,00" * 20, "utf-16-le"),
        ("plain", "ascii"),
        ("", "ascii"),
    ],
)
def test_the_letters_tell_the_encoding(text, written):
    assert encodings.read(text.encode(written)) == text


def test_where_two_encodings_read_the_same_there_is_nothing_to_ask():
    assert encodings.read("Hîncești".replace("ș", "s").encode("cp1250")) == "Hîncesti"


def test_too_little_to_tell_is_asked_with_a_sample_of_each():
    with pytest.raises(Unsure) as unsure:
        encodings.read("ООО".encode("cp1251"))
    assert unsure.value.samples == {Encoding.ROMANIAN: "ÎÎÎ", Encoding.RUSSIAN: "ООО"}
    assert "Windows-1251 (Russian): “ООО”" in str(unsure.value)


def test_a_file_of_two_encodings_at_once_is_asked():
    with pytest.raises(Unsure):
        encodings.read(ROMANIAN.encode("cp1250") + RUSSIAN.encode("cp1251"))


@pytest.mark.parametrize(
    ("data", "chosen", "text"),
    [
        (b"\xce\xce\xce", "cp1251", "ООО"),
        (b"\xce\xce\xce", "cp1250", "ÎÎÎ"),
        (b"a\x00b", None, "ab"),
    ],
)
def test_what_a_person_chose_is_taken(data, chosen, text):
    assert encodings.read(data, chosen) == text


def test_what_is_no_text_under_the_choice_is_refused():
    with pytest.raises(Unreadable):
        encodings.read(b"\xff\xfea", "utf-8-sig")


@pytest.mark.parametrize("text", [ROMANIAN, RUSSIAN])
def test_no_encoding_but_its_own_reads_a_text(text):
    written = "cp1250" if text is ROMANIAN else "cp1251"
    best, *others = encodings.readings(text.encode(written))
    assert best.encoding == written
    assert all(one.sense < 0.5 for one in others)
