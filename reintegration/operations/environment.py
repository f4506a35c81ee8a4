"""What this process is told by its environment; where it is silent, by the folder of a demo."""

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from reintegration.operations import embedded, simulated
from reintegration.settings import Settings, from_environment


def settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings of this process; raise HalfConfigured, naming what is missing or wrong."""
    return from_environment(environ, defaults=partial(_of_a_demo, environ=environ))


def _of_a_demo(instance: Path, *, environ: Mapping[str, str]) -> dict[str, str]:
    return {**simulated.running(instance, environ), **embedded.environment(instance)}
