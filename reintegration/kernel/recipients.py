"""Public keys to which what leaves the house is sealed: the format age-encryption.org/v1."""

from pyrage import x25519

from reintegration.kernel.errors import N_, Invalid


def recipient(public: str) -> x25519.Recipient:
    """Return the key that `public` spells; raise Invalid for anything else, a slip of one sign too.

    Spelled in Bech32, whose checksum finds what was mistyped.
    """
    try:
        return x25519.Recipient.from_str(public.strip())
    except Exception as problem:
        raise Invalid(
            N_(
                "This is no public key: one begins with age1. Make a pair with"
                " `flask keys backup FILE`."
            ),
            code="public_key",
            field="recipient",
        ) from problem
