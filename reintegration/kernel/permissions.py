"""Permissions are data: a map from a permission to its rule.

From the map come the answer for an object, the answer before anything is looked up, and the rows
of a list; see `reintegration/kernel/rules.py`. A permission without a rule is denied to everyone.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Boolean, ColumnElement, Select, false, func, or_, select

from reintegration.kernel.actor import Actor
from reintegration.kernel.base import Base
from reintegration.kernel.errors import N_, NotPermitted
from reintegration.kernel.rules import Rule

REFUSAL = N_("You may not do this. Ask the person who manages your access.")

Policy = Mapping[StrEnum, Rule]
Model = TypeVar("Model", bound=Base)

_policy: dict[StrEnum, Rule] = {}


def register(policy: Policy) -> None:
    """Add a feature's map. The same permission with another rule is a programming error."""
    for permission, rule in policy.items():
        if _policy.setdefault(permission, rule) is not rule:
            raise ValueError(f"{permission} has two policies")


def registered() -> Policy:
    """Return the whole map, for tests and documentation."""
    return dict(_policy)


def permits(actor: Actor, permission: StrEnum, subject: Any = None) -> bool:
    """Whether `actor` may."""
    rule = _policy.get(permission)
    return rule is not None and rule.check(actor, subject)


def could(actor: Actor, permission: StrEnum) -> bool:
    """Whether `actor` may for *some* subject: decided by what they are, with nothing looked up.

    Whoever could never gets the same answer for everything, found or not.
    """
    rule = _policy.get(permission)
    return rule is not None and rule.could(actor)


def where(actor: Actor, model: Any, *permissions: StrEnum) -> ColumnElement[bool]:
    """Return the condition on the rows of `model` for which `actor` may one of `permissions`.

    `model` is a mapped class or an alias of one; with a permission about the actor alone the
    condition is true or false.
    """
    rules = (_policy[permission] for permission in permissions if permission in _policy)
    return or_(false(), *(rule.where(actor, model) for rule in rules))


def may(actor: Actor, model: Any, permission: StrEnum) -> ColumnElement[bool]:
    """Return `where` as a column: true for the rows for which `actor` may, else false."""
    return func.coalesce(where(actor, model, permission), false(), type_=Boolean)


def visible(actor: Actor, model: type[Model], *permissions: StrEnum) -> Select[Model]:
    """Return the select of the rows of `model` for which `actor` may one of `permissions`."""
    return select(model).where(where(actor, model, *permissions))


def demand(actor: Actor, permission: StrEnum, subject: Any = None) -> None:
    """Raise NotPermitted unless `actor` may."""
    if not permits(actor, permission, subject):
        raise NotPermitted(REFUSAL)
