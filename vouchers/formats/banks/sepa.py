"""Euro: credit transfers as pain.001.001.09."""

from reintegration.kernel.errors import N_
from vouchers.formats.banks.profile import BankProfile
from vouchers.formats.csv_profile import CsvProfile
from vouchers.formats.pain001 import Pain001Export

SEPA = BankProfile(
    name="sepa", label=N_("SEPA (pain.001.001.09)"), export=Pain001Export(), statements=CsvProfile()
)
