"""What stands at an address: a page, an act or a form, and the permission that opens it.

One decorator says all of it, so nothing can be forgotten: what writes is in a transaction and is
answered once, and a GET is not. What is `fresh` asks who has not lately shown it that it is they
(`reintegration.web.step_up`). An endpoint has the name of its view; where a form is sent to,
the same with `_submit`.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import partial, wraps
from inspect import isgeneratorfunction
from typing import Any, TypeVar

from flask import Blueprint
from flask.typing import ResponseReturnValue

from reintegration.web.once import Answer, once, respond
from reintegration.web.requires import View, requires
from reintegration.web.submit import Ask, Asking, begin, submit
from reintegration.web.transactional import transactional

Load = Callable[..., Any] | None
AnyPage = TypeVar("AnyPage", bound=View)
AnyAct = TypeVar("AnyAct", bound=Callable[..., Answer | Asking])
AnyForm = TypeVar("AnyForm", bound=Callable[..., Asking])


class Pages(Blueprint):
    """The addresses of a feature. `load` and `leaves` are what `requires` says of them.

    What is shown at each address of a feature that `leaves` an act is kept in the trail.
    """

    def __init__(self, name: str, module: str, *, url_prefix: str = "", leaves: str = "") -> None:
        super().__init__(name, module, url_prefix=url_prefix or None)
        self._leaves = leaves

    def page(
        self, rule: str, permission: StrEnum, *, load: Load = None, fresh: bool = False
    ) -> Callable[[AnyPage], AnyPage]:
        """Show what the view returns."""

        def add(view: AnyPage) -> AnyPage:
            shown = self._guard(permission, load, fresh=fresh)(view)
            self.add_url_rule(rule, view.__name__, shown, methods=["GET"])
            return view

        return add

    def act(
        self,
        rule: str,
        permission: StrEnum,
        *,
        load: Load = None,
        remembered: bool = True,
        fresh: bool = False,
    ) -> Callable[[AnyAct], AnyAct]:
        """Do what a button asks for, or a form that is shown at another address.

        What is not `remembered` is done each time that it is sent, and needs no key.
        """

        def add(view: AnyAct) -> AnyAct:
            sent = _done(view, remembered=remembered)
            done = requires(permission, load=load, fresh=fresh)(transactional(sent))
            self.add_url_rule(rule, view.__name__, done, methods=["POST"])
            return view

        return add

    def form(
        self,
        rule: str,
        permission: StrEnum,
        *,
        load: Load = None,
        remembered: bool = True,
        largest: int | None = None,
        instead: str = "",
        fresh: bool = False,
    ) -> Callable[[AnyForm], AnyForm]:
        """Show what the view asks, and do it when that is sent to the same address.

        What is not `remembered` is done each time that it is sent, and needs no key. `largest` is
        the size in bytes of the file that is asked for, where it may be larger than others, and
        `instead` a marked sentence: what to do with one that is larger still.
        """

        def add(view: AnyForm) -> AnyForm:
            guard = self._guard(permission, load, fresh=fresh)
            name, sent = view.__name__, transactional(_sent(view, remembered=remembered))
            self.add_url_rule(rule, name, guard(_asked(view)), methods=["GET"])
            taken = guard(sent)
            taken.largest, taken.instead = largest, instead  # type: ignore[attr-defined]
            self.add_url_rule(rule, f"{name}_submit", taken, methods=["POST"])
            return view

        return add

    def _guard(self, permission: StrEnum, load: Load, *, fresh: bool) -> Callable[[View], View]:
        return requires(permission, load=load, leaves=self._leaves, fresh=fresh)


def _asked(view: Callable[..., Asking]) -> View:
    @wraps(view)
    def shown(*args: Any, **variables: Any) -> ResponseReturnValue:
        found = begin(view(*args, **variables))
        return found.page() if isinstance(found, Ask) else respond(found)

    return shown


def _sent(view: Callable[..., Asking], *, remembered: bool) -> View:
    @wraps(view)
    def sent(*args: Any, **variables: Any) -> ResponseReturnValue:
        return submit(view(*args, **variables), remembered=remembered)

    return sent


def _done(view: Callable[..., Any], *, remembered: bool) -> View:
    if isgeneratorfunction(view):
        return _sent(view, remembered=remembered)

    @wraps(view)
    def done(*args: Any, **variables: Any) -> ResponseReturnValue:
        return once(partial(view, *args, **variables), remembered=remembered)

    return done
