"""The application: settings, database, words, access, and the features by their names."""

from importlib import import_module

from apiflask import APIFlask
from flask import Flask
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from werkzeug.middleware.proxy_fix import ProxyFix

from reintegration.codelists.languages import Locale
from reintegration.kernel import (
    answered,
    clock,
    house_keys,
    jobs,
    lanes,
    outbox,
    patience,
    ports,
    states,
    tasks,
    tries,
)
from reintegration.kernel.db import ENGINE, db
from reintegration.settings import ROOT, Settings
from reintegration.web import (
    api,
    assets,
    commands,
    components,
    door,
    errors,
    filling,
    filters,
    headers,
    health,
    i18n,
    language,
    lists,
    logs,
    once,
    requires,
    slots,
    spoken,
)
from reintegration.web.current import current_actor
from reintegration.web.navigation import navigation

TABLES = (
    answered,
    house_keys,
    jobs,
    lanes,
    outbox,
    states,
    tasks,
    tries,
)  # importing them declares their tables
FEATURES = (
    "reintegration.accounts.feature",
    "reintegration.rulebook.feature",
    "reintegration.papers.feature",
    "reintegration.cases.feature",
    "reintegration.plans.feature",
    "providers.directory.feature",
    "providers.vetting.feature",
    "providers.referrals.feature",
    "vouchers.books.feature",
    "vouchers.voucher.feature",
    "vouchers.payments.feature",
    "vouchers.bank.feature",
    "vouchers.stripe_rail.feature",
    "reintegration.operations.feature",
    "demo.feature",
)
MAX_UPLOAD = 20 * 1024 * 1024
csrf = CSRFProtect()


def create_app(settings: Settings) -> Flask:
    """Make the application."""
    app = APIFlask(
        "reintegration",
        title="Services",
        version="1",
        json_errors=False,
        docs_path=None,
        spec_path="/api/v1/openapi.json",
        template_folder=str(ROOT / "templates"),
        instance_path=str(settings.instance.resolve()),
    )
    _configure(app, settings)
    _prepare_templates(app, settings)
    requires.deny_unmarked(app)
    for name in FEATURES:
        import_module(name).register(app)
    if questions := ports.unanswered():
        raise LookupError(f"no floor answers: {'; '.join(questions)}")
    if settings.is_demo:
        app.register_blueprint(import_module("reintegration.web.styleguide").bp)
    commands.in_words(app)
    return app


def _configure(app: APIFlask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            **ENGINE,
            "pool_size": settings.database_pool,
            "max_overflow": 0,
            "pool_timeout": patience.POOL_TIMEOUT,
        },
        SESSION_COOKIE_NAME=("__Host-page" if settings.secure_cookies else "punte-page")
        + settings.cookie_mark,
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=MAX_UPLOAD,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
    )
    app.extensions["settings"] = settings
    logs.init_app()
    if not settings.is_demo:
        app.config["TRUSTED_HOSTS"] = settings.hosts
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    door.init_app(app)
    db.init_app(app)
    app.extensions["keyring"] = settings.new_keyring()
    Migrate(app, db, directory=str(ROOT / "migrations"))
    assets.init_app(app)
    filling.init_app(app)
    csrf.init_app(app)
    api.init_app(app)
    i18n.init_app(app)
    language.init_app(app)
    filters.init_app(app)
    lists.init_app(app)
    spoken.init_app(app)
    once.init_app(app)
    errors.init_app(app)
    headers.init_app(app, secure=settings.secure_cookies)
    health.init_app(app)


def _prepare_templates(app: Flask, settings: Settings) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_loader = ChoiceLoader(
        [
            app.jinja_loader,  # type: ignore[list-item]
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    app.jinja_env.globals.update(
        can=requires.can, csp_nonce=headers.csp_nonce, slots=slots, current_actor=current_actor
    )
    components.init_app(app)

    @app.context_processor
    def page_context() -> dict[str, object]:
        return {
            "settings": settings,
            "public_name": settings.public_name,
            "is_demo": settings.is_demo,
            "is_training": settings.is_training,
            "exit_url": settings.exit_url,
            "locale": i18n.chosen_locale(),
            "locales": Locale,
            "nav": navigation() if current_actor().is_signed_in else [],
            "now": clock.now(),
            "today": clock.local_day(clock.now()),
        }
