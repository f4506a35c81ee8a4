"""The programs' door: `POST /api/v1/redemptions` with a bearer token, through the same service."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, cast

from apiflask import APIBlueprint, Schema
from apiflask.fields import Date, Integer, String
from apiflask.validators import Length, Regexp
from flask import Flask, Response, request
from flask.typing import ResponseReturnValue

from reintegration.accounts.services.tokens import speak_by_token
from reintegration.kernel import clock
from reintegration.kernel.actor import ANONYMOUS
from reintegration.kernel.db import session
from reintegration.kernel.errors import N_, Invalid
from reintegration.web.current import current_actor, speak_for
from reintegration.web.requires import NotSignedIn, requires
from reintegration.web.transactional import transactional
from vouchers.voucher.permissions import RedemptionPermission
from vouchers.voucher.services.redemption import Delivery, redeem_once
from vouchers.voucher.services.voucher_by_code import LONGEST_CODE

bp = APIBlueprint("api", __name__, url_prefix="/api/v1", tag="Redemptions")

LARGEST_BODY = 16 * 1024
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_AMOUNT = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,3})?")
_PIN = re.compile(r"[0-9]{6}")
_CODE = re.compile(rf"[\x20-\x7e]{{1,{LONGEST_CODE}}}")
_FIELDS = frozenset({"code", "pin", "units", "amount", "delivered_on", "without_pin"})


class RedemptionRequest(Schema):
    """What was delivered. Units for a voucher that counts, an amount for one of money."""

    code = String(
        required=True,
        validate=Length(1, LONGEST_CODE),
        metadata={"description": "The text of the QR code, or the typed code of 16 symbols."},
    )
    pin = String(
        validate=Regexp(r"^[0-9]{6}$"),
        metadata={"description": "The person's PIN, six digits.", "writeOnly": True},
    )
    units = Integer(metadata={"description": "How many units were delivered.", "minimum": 1})
    amount = String(
        validate=Regexp(r"^[0-9]{1,15}(\.[0-9]{1,3})?$"),
        metadata={"description": "A decimal string in the voucher's currency, as 149.50."},
    )
    delivered_on = Date(metadata={"description": "The local day; today when left out."})
    without_pin = String(
        validate=Length(1, 500),
        metadata={
            "description": "Why there is no PIN. The delivery then waits for a confirmation."
        },
    )


class RequestHeaders(Schema):
    """What is sent beside the body."""

    key = String(
        data_key="Idempotency-Key",
        required=True,
        validate=Length(1, 200),
        metadata={"description": "Chosen for each delivery, and kept for repeating the request."},
    )


class Receipt(Schema):
    """What was recorded. The same request under the same key gets these very bytes again."""

    id = String(required=True)
    receipt = String(required=True)
    state = String(required=True, metadata={"enum": ["accepted", "unconfirmed"]})
    voucher = String(required=True)
    service = String(required=True)
    unit = String(required=True)
    units = Integer(required=True)
    amount = String(required=True)
    currency = String(required=True)
    delivered_on = Date(required=True)
    units_left = Integer(required=True)
    amount_left = String(required=True)
    valid_until = Date(required=True)


class Problem(Schema):
    """RFC 9457. `code` is the reason for machines; nothing that was sent is repeated."""

    type = String(required=True)
    title = String(required=True)
    status = Integer(required=True)
    code = String(required=True)
    detail = String(required=True)


def register(app: Flask) -> None:
    """Add the API; programs show a token, so there is no cookie that a page could misuse."""
    app.extensions["csrf"].exempt(bp)
    app.config["AUTO_200_RESPONSE"] = False  # pages stay out of the specification
    app.config["AUTO_VALIDATION_ERROR_RESPONSE"] = False
    app.config["AUTO_SERVERS"] = False
    app.config["SECURITY_SCHEMES"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    app.register_blueprint(bp)


@bp.before_request
def speak() -> None:
    """Let the request speak for its token and for nobody else."""
    request.max_content_length = LARGEST_BODY
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    speak_for(ANONYMOUS)
    if kind.lower() != "bearer" or not 0 < len(token) <= 200:
        raise NotSignedIn
    actor = speak_by_token(session(), token.strip())
    if actor is None:
        raise NotSignedIn
    speak_for(actor)


def _documented(view: Callable[..., Any]) -> Callable[..., Any]:
    """Note the specification on `view`. The decorators' own parsing would repeat what was sent."""
    problems: dict[int | str, str] = {
        401: "No living token",
        404: "Unknown voucher, or another provider's",
        409: "The voucher can not be used now, or the key was used for another request",
        422: "The request makes no sense, more is asked than is left, or the PIN is wrong",
        429: "Too many tries",
    }
    noted = bp.input(RedemptionRequest, arg_name="body")(view)
    noted = bp.input(RequestHeaders, location="headers", arg_name="headers")(noted)
    noted = bp.output(Receipt, status_code=201, description="Recorded, once")(noted)
    answers: Any = {
        status: {"description": words, "content": {"application/problem+json": {"schema": Problem}}}
        for status, words in problems.items()
    }
    noted = bp.doc(
        summary="Record a delivery",
        description="The same Idempotency-Key with the same body is answered with the same bytes.",
        security="bearer",
        responses=answers,
    )(noted)
    vars(view)["_spec"] = vars(noted)["_spec"]
    return view


@bp.post("/redemptions")
@requires(RedemptionPermission.RECORD)
@transactional
@_documented
def record_redemption() -> ResponseReturnValue:
    """Record one delivery, exactly once."""
    outcome = redeem_once(
        session(), actor=current_actor(), delivery=_read_delivery(), now=clock.now()
    )
    answer = Response(outcome.response, 201, mimetype="application/json")
    if outcome.replayed:
        answer.headers["Idempotency-Replayed"] = "true"
    return answer


def _read_delivery() -> Delivery:
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(key):
        raise Invalid(
            N_("Send an Idempotency-Key of 1 to 200 visible characters."), code="idempotency_key"
        )
    body = request.get_json()
    if not isinstance(body, dict) or not _FIELDS.issuperset(body):
        raise Invalid(N_("The request has fields that are not known."), code="invalid_request")
    return Delivery(
        key=key,
        code=_text(body, "code", _CODE, required=True),
        pin=_text(body, "pin", _PIN),
        units=_units(body.get("units")),
        amount=_text(body, "amount", _AMOUNT),
        delivered_on=_day(body.get("delivered_on")),
        without_pin=_reason(body.get("without_pin")),
    )


def _text(
    body: Mapping[str, Any], name: str, form: "re.Pattern[str]", *, required: bool = False
) -> str | None:
    value = body.get(name)
    if value is None and not required:
        return None
    if not isinstance(value, str) or not form.fullmatch(value):
        raise _unreadable(name)
    return value


def _units(value: object) -> int | None:
    if value is not None and type(value) is not int:
        raise _unreadable("units")
    return value


def _day(value: object) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(cast("str", value))
    except (TypeError, ValueError):
        raise _unreadable("delivered_on") from None


def _reason(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip() or len(value) > 500:
        raise _unreadable("without_pin")
    return value.encode("utf-8", "ignore").decode()


def _unreadable(name: str) -> Invalid:
    return Invalid(
        N_("The field “%(name)s” is missing or not readable."), code="invalid_request", name=name
    )
