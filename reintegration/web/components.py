"""Components in templates: the global `ui` holds each macro of `templates/components/` by its name.

A page writes `ui.card(…)` and imports nothing. The parts of the shell are the layouts' alone.
"""

from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import Environment

_SHELL = "shell.html"


class Components:
    """Macros by name; each file is compiled when the first page asks for anything."""

    def __init__(self, environment: Environment, folder: Path) -> None:
        self._environment = environment
        self._files = sorted(file.name for file in folder.glob("*.html") if file.name != _SHELL)
        self._macros: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        """Return the macro `name`; raise AttributeError when no component has it."""
        if not self._macros:
            self._macros = self._read()
        try:
            return self._macros[name]
        except KeyError:
            raise AttributeError(f"no component is named {name}") from None

    def _read(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for file in self._files:
            for name, macro in _exported(self._environment, f"components/{file}").items():
                if name in found:
                    raise ValueError(f"two components are named {name}")
                found[name] = macro
        return found


def init_app(app: Flask) -> None:
    """Give the templates their `ui`."""
    folder = Path(app.root_path, app.template_folder or "") / "components"
    app.jinja_env.globals["ui"] = Components(app.jinja_env, folder)


def _exported(environment: Environment, template: str) -> dict[str, Any]:
    module = vars(environment.get_template(template).module)
    return {name: macro for name, macro in module.items() if _is_public(name, macro)}


def _is_public(name: str, macro: Any) -> bool:
    return not name.startswith(("_", "govuk")) and callable(macro)
