"""The example version, and a short way to call a function on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from arsheet.functions.examples import example_version
from arsheet.functions.invoke import Result, invoke
from arsheet.functions.registry import Version


@pytest.fixture
def version() -> Version:
    """The ledger of the examples, as of 2025-06-30."""
    return example_version()


@pytest.fixture
def call(version: Version) -> Callable[..., Result]:
    """Calls a function on the example ledger."""

    def called(name: str, *args: Any, **keywords: Any) -> Result:
        return invoke(name, args, **{"version": version, **keywords})

    return called
