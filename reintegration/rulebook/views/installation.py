"""How the server is set: what stands in its environment, without any secret."""

from flask import current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.rulebook.permissions import RulePermission as P
from reintegration.rulebook.views import bp
from reintegration.settings import Settings


@bp.page("/installation", P.READ)
def installation() -> ResponseReturnValue:
    """Show what whoever runs the server has set."""
    settings: Settings = current_app.extensions["settings"]
    return render_template("reintegration/rulebook/installation.html", facts=_facts(settings))


def _facts(settings: Settings) -> list[dict[str, str]]:
    real = _("real money") if settings.moves_real_money else _("a test account")
    said = (
        (
            _("Kind of installation"),
            _("demo: all data is invented") if settings.is_demo else _("production"),
        ),
        (_("Public name"), settings.public_name),
        (_("Sender of messages"), settings.sender),
        (_("Address for staff"), settings.base_url),
        (_("Address for providers"), settings.service_url),
        (_("Quick exit leads to"), settings.exit_url),
        (_("Mail"), settings.mail_from if settings.smtp_url else _("none leaves")),
        (_("Payments by Stripe"), real if settings.stripe_api_key else _("not set up")),
        (_("Scanner of papers"), _("set up") if settings.clamd else _("none is asked")),
        (_("Backups"), _("sealed to a public key") if settings.backup_key else _("no key is set")),
        (_("Sign-in ends after idle"), _minutes(settings.session_idle.total_seconds())),
        (_("Sign-in ends in any case after"), _minutes(settings.session_absolute.total_seconds())),
    )
    return [{"key": key, "value": value} for key, value in said]


def _minutes(seconds: float) -> str:
    return str(_("%(minutes)s minutes", minutes=round(seconds / 60)))
