"""The tables of case files, consent and the vault."""

from reintegration.cases.models.case_file import CaseFile, CaseMember, CaseOrigin, Note
from reintegration.cases.models.consent import Consent
from reintegration.cases.models.erasure import ErasureRequest
from reintegration.cases.models.hand_over import HandOver, HandOverItem
from reintegration.cases.models.identity import IdentityIndex, PersonIdentity, PersonKey
from reintegration.cases.models.name_export import NameExport

__all__ = [
    "CaseFile",
    "CaseMember",
    "CaseOrigin",
    "Consent",
    "ErasureRequest",
    "HandOver",
    "HandOverItem",
    "IdentityIndex",
    "NameExport",
    "Note",
    "PersonIdentity",
    "PersonKey",
]
