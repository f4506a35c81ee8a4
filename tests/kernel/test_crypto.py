"""A sealed value opens for its own key in its own place, and nowhere else."""

import pytest

from reintegration.kernel.crypto import Keyring, SealBroken, seal, unseal

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


def test_every_purpose_has_a_key_of_its_own():
    ring = Keyring(KEY)
    made = {
        ring.voucher_code("1"),
        ring.blind_index("", "1"),
        ring.pin_verifier("1", salt=b""),
        ring.blind_index("name", "1"),
        Keyring(OTHER).voucher_code("1"),
    }
    assert len(made) == 5


def test_the_keyring_does_not_show_itself():
    assert "k" * 8 not in repr(Keyring(KEY))
