"""The tables of casework."""

from reintegration.plans.models.cases import CaseFile, CaseMember, Note
from reintegration.plans.models.consent import Consent
from reintegration.plans.models.emergency import EmergencyStart
from reintegration.plans.models.erasure import ErasureRequest
from reintegration.plans.models.identity import IdentityIndex, PersonIdentity, PersonKey
from reintegration.plans.models.plan import (
    Goal,
    Milestone,
    MilestoneDependency,
    Need,
    Plan,
    PlanLine,
    PlanLineDelivery,
    PlanVersion,
)

__all__ = [
    "CaseFile",
    "CaseMember",
    "Consent",
    "EmergencyStart",
    "ErasureRequest",
    "Goal",
    "IdentityIndex",
    "Milestone",
    "MilestoneDependency",
    "Need",
    "Note",
    "PersonIdentity",
    "PersonKey",
    "Plan",
    "PlanLine",
    "PlanLineDelivery",
    "PlanVersion",
]
