"""What is noticed on a claim line, in words."""

from reintegration.kernel.errors import N_

FLAGS: dict[str, tuple[str, str]] = {
    "same_day": (N_("Same day twice"), "gold"),
    "late": (N_("Claimed late"), "gold"),
    "over_plan": (N_("Above the voucher"), "clay"),
    "outside_validity": (N_("Outside the validity"), "clay"),
    "amount_differs": (N_("Differs from the delivery"), "clay"),
    "taken_back": (N_("Delivery taken back"), "clay"),
    "not_authorised": (N_("Voucher not issued"), "clay"),
}
