"""The usual shape in Moldova, to be confirmed with each bank: a CSV of orders in MDL."""

from reintegration.kernel.errors import N_
from vouchers.formats.banks.profile import BankProfile
from vouchers.formats.csv_profile import CsvProfile
from vouchers.formats.mdl_csv import CsvExport

GENERAL = BankProfile(
    name="general", label=N_("General (CSV)"), export=CsvExport(), statements=CsvProfile()
)
