"""Each end-to-end test runs on both platforms, unless its module or itself is marked for some."""

from __future__ import annotations

import pytest

from unishim.platforms.registry import PLATFORMS


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Gives a test one run a platform."""
    mark = next(iter(metafunc.definition.iter_markers("platforms")), None)
    metafunc.parametrize("_platform", mark.args if mark else PLATFORMS, indirect=True)


@pytest.fixture(autouse=True)
def _platform(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `unishim run` and its kin use by default while a test runs."""
    monkeypatch.setenv("UNISHIM_PLATFORM", request.param)
