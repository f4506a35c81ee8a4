"""Tokens of a provider's programs and devices, as its manager keeps them."""

from uuid import UUID

from flask import render_template, url_for
from flask_babel import gettext as _

from reintegration.accounts.models import ApiToken
from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.services import tokens as service
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.web.current import acting, current_actor
from reintegration.web.forms import given
from reintegration.web.once import Next, Shown
from reintegration.web.submit import Ask, Asking, asked
from vouchers.voucher.forms.redeem import TokenForm
from vouchers.voucher.views.blueprints import redeem_bp as bp


def load_token(token_id: UUID) -> ApiToken:
    """Return a token of the manager's own provider."""
    return service.token_or_404(session(), current_actor(), token_id)


@bp.form("/tokens", AccountPermission.MANAGE_TOKENS)
def tokens() -> Asking:
    """Make a token and show it, this once."""
    now, actor = clock.now(), current_actor()
    form = TokenForm(expires_on=clock.local_day(now) + service.TOKEN_FOR.on(clock.local_day(now)))
    yield Ask(lambda: _page(form), form)
    token, secret = service.create_token(
        session(),
        actor=actor,
        organisation_id=actor.organisation_id,
        label=form.label.data or "",
        expires_on=given(form.expires_on.data),
        now=now,
    )
    page = "vouchers/voucher/redeem/token.html"
    return Shown(render_template(page, token=token, secret=secret))


@bp.form("/tokens/<uuid:token_id>/revoke", AccountPermission.MANAGE_TOKENS, load=load_token)
def token_revoke(token: ApiToken) -> Asking:
    """Revoke a token."""
    yield asked("vouchers/voucher/redeem/token_revoke.html", token=token)
    service.revoke_token(session(), token, **acting())
    return Next(url_for(".tokens"), _("The token opens nothing any more."))


def _page(form: TokenForm) -> str:
    return render_template(
        "vouchers/voucher/redeem/tokens.html",
        form=form,
        tokens=service.tokens_of(session(), current_actor().organisation_id),
        today=clock.local_day(clock.now()),
    )
