"""Browser tests; their helpers' asserts say what they compared."""

import pytest

pytest.register_assert_rewrite("tests.browser.seats", "tests.browser.walk")
