"""The fault runs, at a size a test run can bear: counts are judged, times are not."""

import pytest

from tests.faults import kill, power_loss


def test_nothing_acknowledged_is_lost_by_kills() -> None:
    outcome = kill.run(6, seed=11)
    assert outcome.acknowledged > 0
    assert (outcome.lost, outcome.gaps, outcome.chain_ok) == (0, 0, True)


def test_nothing_durable_is_lost_by_power_cuts() -> None:
    if reason := power_loss.available():
        pytest.skip(reason)
    outcome = power_loss.run(50, seed=11, events=80)
    assert outcome.durable > 0
    assert (outcome.durable_lost, outcome.unusable, outcome.broken_chains) == (0, 0, 0)


def test_the_simulated_disk_loses_what_is_not_synced() -> None:
    if reason := power_loss.available():
        pytest.skip(reason)
    assert power_loss.run(10, seed=11, honest=False, events=80).durable_lost > 0
