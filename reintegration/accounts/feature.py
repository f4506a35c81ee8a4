"""How accounts join the house."""

from flask import Flask

from reintegration.accounts.cli import user_cli
from reintegration.accounts.policy import POLICY
from reintegration.accounts.views import bp, identity, sign_in
from reintegration.kernel import permissions

__all__ = ["register", "sign_in"]


def register(app: Flask) -> None:
    """Add pages, commands and rules."""
    permissions.register(POLICY)
    identity.init_app(app)
    app.register_blueprint(bp)
    app.cli.add_command(user_cli)
