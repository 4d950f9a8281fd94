"""Each end-to-end test runs on both platforms, unless the test or its module is marked for some platforms."""

from __future__ import annotations

import pytest

from unishim.platforms.registry import PLATFORMS


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrizes a test with the platforms."""
    mark = next(iter(metafunc.definition.iter_markers("platforms")), None)
    metafunc.parametrize("_platform", mark.args if mark else PLATFORMS, indirect=True)


@pytest.fixture(autouse=True)
def _platform(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The platform that `unishim run` and related commands use by default during a test."""
    monkeypatch.setenv("UNISHIM_PLATFORM", request.param)
