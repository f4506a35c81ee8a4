"""Settings: what is not set has a default that fits what is set; production says what it lacks."""

import base64
from pathlib import Path

import pytest

from reintegration import settings
from reintegration.app import create_app
from reintegration.kernel.db import keyring, session
from reintegration.operations import environment
from tests.database import Database

PRODUCTION = {
    "PUNTE_MODE": "production",
    "DATABASE_URL": "postgresql://app@127.0.0.1:1/punte",
    "SECRET_KEY": "a-secret-key-that-is-only-for-tests",
    "PUNTE_MASTER_KEY": base64.b64encode(bytes(range(32))).decode(),
    "PUNTE_BASE_URL": "https://staff.example",
    "PUNTE_SERVICE_URL": "https://service.example",
    "PUNTE_PUBLIC_NAME": "Birou",
    "PUNTE_SENDER": "Servicii",
    "PUNTE_EXIT_URL": "https://www.meteo.md/",
    "SMTP_URL": "smtp://localhost:25",
    "PUNTE_MAIL_FROM": "office@example.org",
}
"""All that the web process needs, with a database that nobody listens for."""


def test_a_given_database_never_migrates_the_embedded_one(open_folder: Path):
    given = {"DATABASE_URL": "postgresql://app@db/punte", "PUNTE_INSTANCE": str(open_folder)}
    read = environment.settings(given)
    assert read.database_owner_url == "postgresql+psycopg://app@db/punte"


def test_with_nothing_set_both_addresses_are_the_embedded_database(open_folder: Path):
    read = environment.settings({"PUNTE_INSTANCE": str(open_folder)})
    assert "punte_app" in read.database_url
    assert "punte_owner" in read.database_owner_url


@pytest.mark.parametrize("name", sorted(set(PRODUCTION) - {"PUNTE_MODE"}))
def test_production_refuses_to_start_without(name):
    given = {key: value for key, value in PRODUCTION.items() if key != name}
    with pytest.raises(settings.HalfConfigured, match=f"  {name}: "):
        settings.from_environment(given)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 40),
        ("PUNTE_MASTER_KEY", base64.b64encode(bytes(32)).decode()),
        ("PUNTE_MASTER_KEYS_READ", base64.b64encode(bytes(32)).decode()),
        ("PUNTE_EXIT_URL", "javascript:alert(1)"),
        ("PUNTE_EXIT_URL", "http://www.meteo.md/"),
        ("PUNTE_EXIT_URL", "https://"),
        ("PUNTE_SERVICE_URL", "https://STAFF.example/"),
        ("PUNTE_SERVICE_URL", "https://staff.example:443"),
        ("PUNTE_SERVICE_URL", "https://staff.example."),
        ("PUNTE_BASE_URL", "https://[staff"),
        ("PUNTE_BASE_URL", "http://staff.example"),
        ("PUNTE_SERVICE_URL", "https://staff.example"),
        ("PUNTE_MAIL_FROM", "Office <office@example.org>"),
        ("PUNTE_MAIL_FROM", "office@example.org\nBcc: all@example.org"),
        ("PUNTE_MAIL_FROM", "noreply@localhost"),
        ("PUNTE_MAIL_FROM", "punte@example.org"),
        ("PUNTE_EXIT_URL", "https://service.example/away"),
        ("PUNTE_BASE_URL", "https://staff.example/punte"),
        ("PUNTE_BASE_URL", "https://admin:secret@staff.example"),
        ("PUNTE_PUBLIC_NAME", "Stop Trafic"),
        ("PUNTE_SENDER", "Punte"),
        ("SECRET_KEY", PRODUCTION["PUNTE_MASTER_KEY"]),
        ("SECRET_KEY", '"a-secret-key-that-is-only-for-tests"'),
        ("PUNTE_MASTER_KEY", "not base64"),
        ("PUNTE_MASTER_KEY", base64.b64encode(bytes(range(16))).decode()),
        ("DATABASE_URL", "postgresql://app:PASSWORD@127.0.0.1/punte"),
        ("DATABASE_URL", "sqlite:///punte.db"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_OWNER_URL", "postgresql://owner@127.0.0.1:1/other"),
        ("SMTP_URL", "mail.example.org:587"),
        ("SMTP_URL", "smtp://user:password@mail.example.org:587"),
        ("SMTP_URL", "smtp://mail.example.org:abc"),
        ("PUNTE_INSTANCE", "instance"),
        ("PUNTE_INSTANCE", __file__),
        ("PUNTE_PAPERS", "papers"),
        ("PUNTE_BACKUP_KEY", "ssh-rsa AAAA"),
        ("PUNTE_BACKUP_KEY", "AGE-SECRET-KEY-1QQ"),
        ("PUNTE_CLAMD", "clamd.ctl"),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("PUNTE_DATABASE_POOL", "0"),
        ("PUNTE_PROXYS", "1"),
        ("PUNTE_TYPO", "1"),
    ],
)
def test_production_refuses_what_cannot_be(name, value):
    with pytest.raises(settings.HalfConfigured, match=f"  {name}: "):
        settings.from_environment(PRODUCTION | {name: value})


def test_all_that_is_wrong_is_said_at_once_with_what_to_do_and_no_secret():
    given = PRODUCTION | {
        "SECRET_KEY": "hunter2",
        "PUNTE_MASTER_KEY": "hunter3",
        "PORT": "abc",
        "PUNTE_PROXYS": "1",
        "SMTP_URL": "",
        "DATABASE_URL": "postgres:/hunter4",
    }
    with pytest.raises(settings.HalfConfigured) as refused:
        settings.from_environment(given)
    said = str(refused.value)
    named = {line.split(":")[0].strip() for line in said.splitlines()[1:]}
    assert named == set(given) - set(PRODUCTION) | {
        "SECRET_KEY",
        "PUNTE_MASTER_KEY",
        "SMTP_URL",
        "DATABASE_URL",
    }
    assert "did you mean PUNTE_PROXIES?" in said
    assert "openssl rand" in said
    assert "hunter" not in said


def test_an_unknown_mode_is_none_and_no_demo():
    for mode in ("", "prod", "Production"):
        with pytest.raises(settings.HalfConfigured, match="is demo, training or production"):
            settings.from_environment(PRODUCTION | {"PUNTE_MODE": mode})


def test_the_example_of_the_settings_is_complete_but_for_what_is_ones_own():
    """Filled in where it says so, the file that is shipped starts; as it stands it names each."""
    example = (Path(__file__).parents[1] / "deploy" / "punte.env.example").read_text("utf-8")
    lines = [line for line in example.splitlines() if line and not line.startswith("#")]
    given = dict(line.partition("=")[::2] for line in lines)
    with pytest.raises(settings.HalfConfigured) as refused:
        settings.from_environment(given)
    named = [line.split(":")[0].strip() for line in str(refused.value).splitlines()[1:]]
    assert named == ["SECRET_KEY", "PUNTE_MASTER_KEY", "DATABASE_URL", "SMTP_URL"]
    filled = {name: PRODUCTION[name] for name in named}
    assert settings.from_environment(given | filled).mode is settings.Mode.PRODUCTION


STRIPE = {"STRIPE_API_KEY": "rk_live_x", "STRIPE_WEBHOOK_SECRET": "whsec_new, whsec_old"}


def test_stripe_is_off_until_it_is_set_up_and_may_have_several_secrets():
    off, on = (settings.from_environment(PRODUCTION | given) for given in ({}, STRIPE))
    assert (off.stripe_api_key, off.stripe_webhook_secrets, off.moves_real_money) == (
        None,
        (),
        False,
    )
    assert on.stripe_webhook_secrets == ("whsec_new", "whsec_old")
    assert on.moves_real_money
    assert "live" not in repr(on)
    assert "whsec" not in repr(on)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"STRIPE_API_KEY": "sk_test_x"}, ["STRIPE_API_KEY"]),
        ({"STRIPE_API_KEY": "rk_test_x"}, ["STRIPE_API_KEY"]),
        ({"STRIPE_API_KEY": ""}, ["STRIPE_API_KEY"]),
        ({"STRIPE_WEBHOOK_SECRET": " , "}, ["STRIPE_WEBHOOK_SECRET"]),
        ({"STRIPE_WEBHOOK_SECRET": "rk_live_x"}, ["STRIPE_WEBHOOK_SECRET"]),
        ({"STRIPE_WEBHOOK_SECRET": ",".join(["whsec_x"] * 7)}, ["STRIPE_WEBHOOK_SECRET"]),
        ({"STRIPE_API_BASE": "http://127.0.0.1:8010"}, ["STRIPE_API_BASE"]),
        ({"STRIPE_API_BASE": "https://api.stripe.com.example.org"}, ["STRIPE_API_BASE"]),
        (
            {"STRIPE_API_KEY": "sk_test_x", "STRIPE_WEBHOOK_SECRET": "", "STRIPE_API_BASE": "x"},
            ["STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_API_BASE"],
        ),
    ],
)
def test_production_names_all_that_is_wrong_of_stripe(given, named):
    with pytest.raises(settings.HalfConfigured) as refused:
        settings.from_environment(PRODUCTION | STRIPE | given)
    lines = str(refused.value).splitlines()[1:]
    assert [line.split(":")[0].strip() for line in lines] == named
    assert "rk_live_x" not in str(refused.value)


def test_a_demo_takes_no_key_that_moves_real_money(open_folder: Path):
    given = {"PUNTE_INSTANCE": str(open_folder), "STRIPE_API_KEY": "sk_live_x"}
    with pytest.raises(settings.HalfConfigured, match="  STRIPE_API_KEY: a live key"):
        environment.settings(given)


@pytest.mark.parametrize(
    "owner",
    [
        PRODUCTION["DATABASE_URL"],
        "postgres://app:secret@127.0.0.1:1/punte",
        "postgresql+psycopg://app@localhost:1/punte?sslmode=require",
        "postgresql://%61pp@127.0.0.1:1/punte",
        "postgresql://127.0.0.1:1/punte?user=app",
    ],
)
def test_the_application_may_not_be_the_owner(owner):
    given = PRODUCTION | {"DATABASE_OWNER_URL": owner}
    with pytest.raises(settings.HalfConfigured, match="row-level security needs two"):
        settings.from_environment(given)


def test_production_never_takes_the_applications_role_for_the_owner():
    read = settings.from_environment(PRODUCTION)
    with pytest.raises(settings.HalfConfigured, match="Set DATABASE_OWNER_URL"):
        _ = read.database_owner_url
    owned = settings.from_environment(
        PRODUCTION | {"DATABASE_OWNER_URL": "postgresql://own@db/punte"}
    )
    assert owned.database_owner_url == "postgresql+psycopg://own@db/punte"


def test_the_web_process_serves_without_the_owners_password(committed_db: Database):
    given = PRODUCTION | {"DATABASE_URL": committed_db.url}
    house = create_app(settings.from_environment(given))
    page = house.test_client().get("/readyz", base_url="https://staff.example")
    assert page.status_code == 200
    with house.app_context():
        house.extensions["sqlalchemy"].engine.dispose()


@pytest.mark.parametrize("command", ["upgrade", "current", "check"])
def test_the_owners_commands_say_what_to_set(committed_db: Database, command):
    given = PRODUCTION | {"DATABASE_URL": committed_db.url}
    house = create_app(settings.from_environment(given))
    result = house.test_cli_runner().invoke(args=["db", command])
    assert isinstance(result.exception, settings.HalfConfigured) or result.exit_code == 1
    assert "DATABASE_OWNER_URL" in f"{result.exception}{result.output}"


def test_two_applications_in_one_process_keep_their_own_keys():
    one, other = (
        create_app(
            settings.from_environment(
                PRODUCTION | {"PUNTE_MASTER_KEY": base64.b64encode(key).decode()}
            )
        )
        for key in (bytes(range(32)), bytes(range(32, 64)))
    )
    for app in (one, other):
        app.extensions["keyring"].open_new_house()
    with one.app_context():
        first = keyring(session())
    with other.app_context():
        assert keyring(session()).blind_index("name", "ana") != first.blind_index("name", "ana")
    with one.app_context():
        assert keyring(session()).blind_index("name", "ana") == first.blind_index("name", "ana")


def test_an_address_is_kept_as_browsers_send_it_back():
    read = settings.from_environment(PRODUCTION | {"PUNTE_BASE_URL": "https://Staff.Example:443/"})
    assert read.base_url == "https://staff.example"


@pytest.mark.parametrize("name", ["PORT", "PUNTE_DATABASE_POOL", "PUNTE_PROXIES"])
@pytest.mark.parametrize("text", ["abc", "-1", "1.5", ""])
def test_a_number_that_is_none_is_said_in_words(name, text):
    given = PRODUCTION | {name: text}
    with pytest.raises(settings.HalfConfigured, match=f"{name}: is a whole number"):
        settings.from_environment(given)


def test_further_keys_open_and_the_current_one_seals():
    one, two = (base64.b64encode(bytes(range(at, at + 32))).decode() for at in (50, 90))
    ring = settings.from_environment(
        PRODUCTION | {"PUNTE_MASTER_KEYS_READ": f"{one}, {two},{PRODUCTION['PUNTE_MASTER_KEY']}"}
    ).new_keyring()
    assert len(ring.keys) == 3
    assert ring.name == settings.from_environment(PRODUCTION).new_keyring().name
    with pytest.raises(settings.HalfConfigured, match="PUNTE_MASTER_KEYS_READ: is not base64"):
        settings.from_environment(PRODUCTION | {"PUNTE_MASTER_KEYS_READ": f"{one},x"})


# A training copy

TRAINING = {"PUNTE_MODE": "training", "PUNTE_BASE_URL": "https://training.example"}


def trained(folder, **others):
    return environment.settings(TRAINING | {"PUNTE_INSTANCE": str(folder)} | others)


def test_a_training_copy_makes_its_own_database_and_keys(open_folder: Path):
    read = trained(open_folder / "copy")
    assert read.is_demo
    assert read.is_training
    assert "punte_app" in read.database_url
    assert read.smtp_url is None
    assert trained(open_folder / "copy").master_key == read.master_key


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", PRODUCTION["DATABASE_URL"]),
        ("DATABASE_OWNER_URL", "postgresql://owner@127.0.0.1:1/punte"),
        ("PUNTE_MASTER_KEY", PRODUCTION["PUNTE_MASTER_KEY"]),
        ("SECRET_KEY", PRODUCTION["SECRET_KEY"]),
        ("SMTP_URL", "smtp://localhost:25"),
        ("STRIPE_API_KEY", "rk_live_x"),
        ("PUNTE_PAPERS", "s3://papers-of-a-house/papers"),
        ("PUNTE_PAPERS", "/var/lib/punte/papers"),
        ("AWS_ENDPOINT_URL_S3", "objects.example.org"),
        ("PUNTE_BASE_URL", "http://training.example"),
    ],
)
def test_a_training_copy_takes_nothing_of_the_real_one(tmp_path: Path, name, value):
    with pytest.raises(settings.HalfConfigured, match=f"  {name}: "):
        trained(tmp_path / "copy", **{name: value})
    assert not (tmp_path / "copy").exists()


def test_neither_takes_the_folder_of_the_other(tmp_path: Path, open_folder: Path):
    (tmp_path / "audit-checkpoints.jsonl").write_text("")
    with pytest.raises(settings.HalfConfigured, match="begins in an empty folder"):
        trained(tmp_path)
    trained(open_folder / "copy")
    with pytest.raises(settings.HalfConfigured, match="the folder of a training copy"):
        settings.from_environment(PRODUCTION | {"PUNTE_INSTANCE": str(open_folder / "copy")})
