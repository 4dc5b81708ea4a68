"""How the tests run: the same examples every time, in a minute; other ones, in numbers, at night.

``ci`` (the default) derives Hypothesis' examples from the test itself, so that a run that fails here fails everywhere;
``nightly`` (``pytest --nightly``) draws ten thousand fresh ones; a run that only has to fail (`soundness.plant`) does not
shrink.  Tests marked ``nightly``, ``peers`` or ``browser`` are
deselected unless asked for with ``--nightly``, ``-m peers`` or ``-m browser``; nothing is ever skipped.
"""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "ci", derandomize=True, deadline=None, max_examples=50, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("planted", settings.get_profile("ci"), phases=(Phase.explicit, Phase.generate))
settings.register_profile("nightly", deadline=None, max_examples=10_000, suppress_health_check=[HealthCheck.too_slow])


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--nightly", action="store_true", help="run the long tests too, with 10 000 random examples each")


def pytest_configure(config: pytest.Config) -> None:
    usual = "planted" if "PLANTED" in os.environ else "ci"
    settings.load_profile("nightly" if config.getoption("--nightly") else usual)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    asked = {name: name in config.getoption("-m") for name in ("peers", "browser")} | {"nightly": config.getoption("--nightly")}
    unasked = [mark for mark, wanted in asked.items() if not wanted]
    left_out = [item for item in items if any(item.get_closest_marker(mark) for mark in unasked)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(autouse=True)
def _seeded() -> None:
    """Seed NumPy's global generator, should anything underneath draw from it."""
    np.random.seed(0)
