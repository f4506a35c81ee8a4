"""The programs' door: `POST /api/v1/redemptions` with a bearer token, through the same service."""

from typing import Annotated, ClassVar

from flask import Response
from flask.typing import ResponseReturnValue
from pydantic import Field

from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.web import api
from reintegration.web.current import current_actor
from reintegration.web.requires import requires
from reintegration.web.schemas import Day, DecimalText, Null, Request
from reintegration.web.transactional import transactional
from vouchers.voucher.permissions import RedemptionPermission
from vouchers.voucher.services.receipt import Receipt
from vouchers.voucher.services.redemption import Delivery, redeem_once
from vouchers.voucher.states import LONGEST_CODE

bp = api.blueprint("redemptions", tag="Redemptions")


class RedemptionRequest(Request):
    """What was delivered. Units for a voucher that counts, an amount for one of money.

    A field that is null is the same as one that is left out.
    """

    code: str = Field(
        min_length=1,
        max_length=LONGEST_CODE,
        pattern=r"^[\x20-\x7e]+$",
        description="The text of the QR code, or the typed code of 16 symbols.",
        examples=["5KQW-7T2M-9HXD-R4AZ"],
    )
    pin: Annotated[str, Field(pattern=r"^[0-9]{6}$")] | Null = Field(
        None,
        description="The person's PIN, six digits.",
        json_schema_extra={"writeOnly": True},
        examples=["402917"],
    )
    units: Annotated[int, Field(ge=1)] | Null = Field(
        None, description="How many units were delivered.", examples=[2]
    )
    amount: DecimalText | Null = Field(
        None,
        description="A decimal string in the voucher's currency, as 149.50.",
        examples=["149.50"],
    )
    delivered_on: Day | Null = Field(
        None, description="The local day; today when left out.", examples=["2026-03-31"]
    )
    without_pin: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")] | Null = Field(
        None,
        description="Why there is no PIN. The delivery then waits for a confirmation.",
        examples=["She forgot it"],
    )


class RedemptionHeaders(Request):
    """What is sent beside the body."""

    refusal_code: ClassVar[str] = "idempotency_key"

    key: str = Field(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Chosen for each delivery, and kept for repeating the request.",
    )


RECORD = api.Operation(
    Receipt,
    body=RedemptionRequest,
    headers=RedemptionHeaders,
    status=201,
    done="Recorded, once",
    summary="Record a delivery",
    description="The same Idempotency-Key with the same body is answered with the same bytes.",
    refusals={
        404: "Unknown voucher, or another provider's",
        409: "The voucher can not be used now, or the key was used for another request",
        422: "The request makes no sense, more is asked than is left, or the PIN is wrong",
        429: "Too many tries",
    },
)


@bp.post("/redemptions")
@requires(RedemptionPermission.RECORD)
@transactional
@RECORD
def record_redemption(body: RedemptionRequest, headers: RedemptionHeaders) -> ResponseReturnValue:
    """Record one delivery, exactly once."""
    outcome = redeem_once(
        session(),
        actor=current_actor(),
        delivery=Delivery(key=headers.key, **dict(body)),
        now=clock.now(),
    )
    answer = Response(outcome.response, 201, mimetype="application/json")
    if outcome.replayed:
        answer.headers["Idempotency-Replayed"] = "true"
    return answer
