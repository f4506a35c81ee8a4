"""What this process is told by its environment, with the embedded database where it is silent."""

import os
from collections.abc import Mapping

from reintegration.operations import embedded
from reintegration.settings import Settings, from_environment


def settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings of this process; raise HalfConfigured, naming what is missing or wrong."""
    return from_environment(environ, defaults=embedded.environment)
