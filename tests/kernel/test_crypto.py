"""A sealed value opens for its own key in its own place, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reintegration.kernel.crypto import (
    HEAD_BYTES,
    PERSON_KEY,
    STORED,
    KeyMissing,
    Keyring,
    NotOpened,
    SealBroken,
    name_in,
    seal,
    unseal,
)

KEY, OTHER = b"k" * 32, b"o" * 32


def test_a_value_moved_to_another_row_does_not_open():
    sealed = seal(KEY, b"Maria", bound_to="person_identity|given_name|1")
    assert unseal(KEY, sealed, bound_to="person_identity|given_name|1") == b"Maria"
    with pytest.raises(SealBroken):
        unseal(KEY, sealed, bound_to="person_identity|given_name|2")


def test_a_changed_byte_or_another_key_does_not_open():
    sealed = seal(KEY, b"Maria", bound_to="x")
    with pytest.raises(SealBroken):
        unseal(KEY, sealed[:-1] + bytes([sealed[-1] ^ 1]), bound_to="x")
    with pytest.raises(SealBroken):
        unseal(OTHER, sealed, bound_to="x")


def test_sealing_twice_gives_two_values():
    assert seal(KEY, b"Maria", bound_to="x") != seal(KEY, b"Maria", bound_to="x")


def test_a_persons_key_is_wrapped_for_that_person():
    ring = Keyring(KEY)
    wrapped = ring.wrap_person_key(OTHER, case_id="a")
    assert ring.unwrap_person_key(wrapped, case_id="a") == OTHER
    with pytest.raises(SealBroken):
        ring.unwrap_person_key(wrapped, case_id="b")
    with pytest.raises(SealBroken):
        Keyring(OTHER).unwrap_person_key(wrapped, case_id="a")


def new_house(key):
    ring = Keyring(key)
    ring.open_new_house()
    return ring


def test_every_purpose_has_a_key_of_its_own():
    ring = new_house(KEY)
    made = {
        ring.voucher_code("1"),
        ring.blind_index("", "1"),
        ring.pin_verifier("1", salt=b""),
        ring.blind_index("name", "1"),
        new_house(OTHER).voucher_code("1"),
    }
    assert len(made) == 5


def test_the_keyring_does_not_show_itself():
    assert "k" * 8 not in repr(Keyring(KEY))


def test_a_key_of_the_house_is_not_guessed_before_it_was_read():
    with pytest.raises(NotOpened):
        Keyring(KEY).voucher_code("1")


keys = st.binary(min_size=32, max_size=32)


@given(st.lists(keys, min_size=2, max_size=5, unique=True), st.sampled_from(STORED), st.binary())
def test_any_key_of_a_ring_opens_and_the_current_one_seals(masters, kind, plain):
    first, *others = masters
    sealed = Keyring(others[-1]).seal(kind, plain, bound_to="x")
    assert name_in(sealed) == Keyring(others[-1]).name
    ring = Keyring(first, others)
    assert ring.unseal(kind, sealed, bound_to="x") == plain
    anew = ring.sealed_anew(kind, sealed, bound_to="x")
    assert name_in(anew) == ring.name
    assert Keyring(first).unseal(kind, anew, bound_to="x") == plain
    with pytest.raises(KeyMissing, match=name_in(sealed)):
        Keyring(first).unseal(kind, sealed, bound_to="x")
    with pytest.raises(SealBroken):
        ring.unseal(kind, anew, bound_to="y")


@given(st.binary())
def test_what_was_sealed_before_keys_had_names_opens_under_any_of_them(plain):
    old = seal(Keyring(OTHER).current.derive(PERSON_KEY.purpose), plain, bound_to="x")
    assert Keyring(KEY, [OTHER]).unseal(PERSON_KEY, old, bound_to="x") == plain
    with pytest.raises(SealBroken):
        Keyring(KEY).unseal(PERSON_KEY, old, bound_to="x")


def test_no_name_of_a_key_leads_to_another_value():
    """Whoever writes another name before a value opens nothing by it."""
    ring = Keyring(KEY, [OTHER])
    sealed = ring.seal(PERSON_KEY, b"Maria", bound_to="x")
    with pytest.raises(SealBroken):
        ring.unseal(PERSON_KEY, ring.keys[1].head + sealed[HEAD_BYTES:], bound_to="x")
