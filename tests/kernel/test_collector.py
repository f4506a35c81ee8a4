import gc

import pytest

from reintegration.kernel import collector


def test_the_collector_runs_again_even_after_an_error():
    with pytest.raises(ZeroDivisionError), collector.paused():
        1 / int(gc.isenabled())
    assert gc.isenabled()


def test_a_pause_within_a_pause_does_not_end_it():
    with collector.paused():
        with collector.paused():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
