"""What a recorded delivery is answered with: stored, repeated and documented as one thing."""

from typing import Literal

from reintegration.web.schemas import Answer, Day, DecimalText


class Receipt(Answer):
    """What was recorded. The same request under the same key gets these very bytes again."""

    id: str
    receipt: str
    state: Literal["accepted", "unconfirmed"]
    voucher: str
    service: str
    unit: str
    units: int
    amount: DecimalText
    currency: str
    delivered_on: Day
    units_left: int
    amount_left: DecimalText
    valid_until: Day
