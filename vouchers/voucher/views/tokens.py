"""Tokens of a provider's programs and devices, as its manager keeps them."""

from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.accounts.models import ApiToken
from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.services import tokens as service
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.web.current import acting, current_actor
from reintegration.web.requires import requires
from reintegration.web.submit import press, submit
from reintegration.web.transactional import transactional
from vouchers.voucher.forms.redeem import TokenForm
from vouchers.voucher.views.blueprints import redeem_bp as bp


def load_token(token_id: UUID) -> ApiToken:
    """Return a token of the manager's own provider."""
    return service.token_or_404(session(), current_actor(), token_id)


@bp.get("/tokens")
@requires(AccountPermission.MANAGE_TOKENS)
def tokens() -> ResponseReturnValue:
    """List the tokens."""
    return _page(TokenForm(formdata=None))


@bp.post("/tokens", endpoint="token_create")
@requires(AccountPermission.MANAGE_TOKENS)
@transactional
def token_create() -> ResponseReturnValue:
    """Make a token and show it, this once."""
    form, actor = TokenForm(), current_actor()
    return submit(
        form,
        lambda: service.create_token(
            session(),
            actor=actor,
            organisation_id=actor.organisation_id,
            label=form.label.data or "",
            now=clock.now(),
        ),
        again=lambda: _page(form),
        shown=_made_page,
    )


def _made_page(made: tuple[ApiToken, str]) -> str:
    token, secret = made
    return render_template("vouchers/voucher/redeem/token.html", token=token, secret=secret)


@bp.get("/tokens/<uuid:token_id>/revoke")
@requires(AccountPermission.MANAGE_TOKENS, load=load_token)
def token_revoke(token: ApiToken) -> ResponseReturnValue:
    """Ask before a token is revoked."""
    return render_template("vouchers/voucher/redeem/token_revoke.html", token=token)


@bp.post("/tokens/<uuid:token_id>/revoke", endpoint="token_revoke_submit")
@requires(AccountPermission.MANAGE_TOKENS, load=load_token)
@transactional
def token_revoke_submit(token: ApiToken) -> ResponseReturnValue:
    """Revoke a token."""
    return press(
        lambda: service.revoke_token(session(), token, **acting()),
        to=url_for(".tokens"),
        said=_("The token opens nothing any more."),
    )


def _page(form: TokenForm) -> str:
    return render_template(
        "vouchers/voucher/redeem/tokens.html",
        form=form,
        tokens=service.tokens_of(session(), current_actor().organisation_id),
    )
