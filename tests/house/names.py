"""Every name that stands in stored rows, sealed hashes, bookmarks and other people's programs.

What registers itself is asked; what only stands in the source is read there. Neither asks where
the code lives, so it may move.
"""

import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

import click
from flask import Flask

from reintegration.kernel import dated_rules, hooks, jobs, permissions, tasks
from reintegration.kernel.base import Base
from reintegration.kernel.dated_rules import DatedList
from reintegration.kernel.states import Machine
from tests.house import source
from tests.house.source import PRODUCT, Names
from vouchers.formats import banks

NOT_OURS = {"db", "routes", "run", "shell", "spec", "static"}
NO_ACTS = {"about:blank", "wsgi:app", "stripe:signature"}
"""What has the form of an act and is an address, the application, and a key of counted tries."""
LOCKS = range(0x50554E5400, 0x50554E5500)
ACT_SHAPE = r"[a-z_]+:([a-z]+_)?\{\}"


def found(app: Flask) -> dict[str, list[str]]:
    """Return section → its names in order."""
    sections: dict[str, Callable[[], Names]] = {
        "addresses": lambda: addresses(app),
        "words behind the ? of an address": source.query_words,
        "rules": lambda: set(dated_rules.declared()),
        "permissions": lambda: {one.value for one in permissions.registered() if _is_ours(one)},
        "machines": described_machines,
        "acts in the trail": acts,
        "code lists": source.code_lists,
        "columns held to values": held_columns,
        "entries of lists": entries_of_lists,
        "files of banks": lambda: set(banks.PROFILES),
        "jobs": scheduled_jobs,
        "tasks": lambda: {kind for kind, run in tasks._runners.items() if _is_ours(run)},
        "channels": lambda: source.keyword("channel"),
        "events announced": lambda: {
            event.__name__ for event in hooks._subscribers if _is_ours(event)
        },
        "messages kept in inboxes": lambda: (
            source.marked_messages("message") | source.marked_messages("SAID_BEFORE")
        ),
        "keys and what is sealed to a row": joined,
        "labels of keys and signatures": labels,
        "locks": lambda: {f"{number:#x}" for number in source.numbers() if number in LOCKS},
        "commands": lambda: set(commands(app.cli)),
        "api": lambda: set(leaves(document(app))),
        "settings": lambda: source.texts_like(
            r"(PUNTE|STRIPE|DATABASE|SECRET|SMTP)_[A-Z][A-Z_]*|PORT"
        ),
        "cookies": lambda: source.texts_like(r"(__Host-|punte-)[a-z]+"),
        "files": lambda: source.texts_like(r"[a-z-]+\.(jsonl|json|tsv)"),
    }
    return {title: sorted(map(_one_line, names())) for title, names in sections.items()}


def addresses(app: Flask) -> Names:
    """Return every address with its method."""
    return {
        f"{rule.rule} {method}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint not in NOT_OURS
    }


def machines() -> list[tuple[str, Machine[Any]]]:
    """Return every machine that a module of the product holds, with what it is called there."""
    return [
        (called, value)
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] in PRODUCT
        for called, value in vars(module).items()
        if isinstance(value, Machine)
    ]


def described_machines() -> Names:
    """Return the name, the states and the moves of every machine."""
    names: Names = set()
    for _called, machine in machines():
        names |= {f"{machine.name} state {state.value}" for state in type(machine.initial)}
        names.add(f"{machine.name} begins {machine.initial.value}")
        for move, rule in machine.moves.items():
            sources = ", ".join(sorted(state.value for state in rule.sources))
            target = rule.target.value if rule.target else "as it was"
            names.add(f"{machine.name} move {move}: {sources} -> {target}")
    return names


def acts() -> Names:
    """Return what the trail may say: each `subject:verb` of the source, and each move.

    A move that is made no more stays among them as long as the history has words for it.
    """
    moves = {
        f"{machine.name}:{move}"
        for _called, machine in machines()
        if not machine.told_by
        for move in machine.moves
    }
    noted = source.noted("note", 2) | source.noted("begin", 2)
    begun = {
        f"{machine.name}:{move}"
        for called, machine in machines()
        for receiver, move in noted
        if receiver == called
    }
    spelled = source.texts_like(r"[a-z_]+:[a-z_]+") - NO_ACTS
    return moves | begun | worded_moves() | spelled | source.completed(ACT_SHAPE)


def worded_moves() -> Names:
    """Return the moves that a table such as `VOUCHER_HISTORY` has words for."""
    return {
        f"{called.removesuffix('_HISTORY').lower()}:{move}"
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] in PRODUCT
        for called, words in vars(module).items()
        if called.endswith("_HISTORY")
        for move in words
    }


def held_columns() -> Names:
    """Return the values that a CHECK of the models holds a column to."""
    return {
        f"{table.name}.{column} {value.strip()}"
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        for column, values in re.findall(
            r"(\w+) (?:IN \(|<@ ARRAY\[)([^)\]]*)[)\]]", str(getattr(constraint, "sqltext", ""))
        )
        for value in values.split(",")
    }


def entries_of_lists() -> Names:
    """Return the entries that came with Punte in the lists that an institution keeps."""
    return {
        f"{code} {entry}"
        for code, rule in dated_rules.declared().items()
        if isinstance(rule, DatedList)
        for entry in rule.initially
    }


def scheduled_jobs() -> Names:
    """Return the jobs of the features, and those that the scheduler adds by itself."""
    return {job.name for job in jobs.scheduled() if _is_ours(job.run)} | source.given(
        "Job", "name", 0
    )


def joined() -> Names:
    """Return the shapes of stored keys and of what a sealed value is bound to."""
    acting = source.shapes_like(ACT_SHAPE)
    sealed = source.given("Sealing", "shape", 1)
    return (source.shapes_like(r"\S*\|\S*|[a-z_-]+:(?!//)\S*\{\}\S*") | sealed) - acting


def labels() -> Names:
    """Return what keys are derived for, what cookies and handles are salted with, what is signed."""
    signed = source.shapes_like(r"[a-z ]+\n\{\}(.|\n)*")
    return source.texts_like(r"[a-z-]+/[0-9]+") | source.keyword("salt") | signed


def commands(group: click.Group, before: str = "") -> Iterator[str]:
    """Yield each command of ours, and each of its options."""
    for name, command in group.commands.items():
        if not before and name in NOT_OURS:
            continue
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}"
            for parameter in command.params:
                must = " (required)" if parameter.required else ""
                for word in (*parameter.opts, *parameter.secondary_opts):
                    yield f"{before}{name} {word}{must}"


def document(app: Flask) -> Any:
    """Return the description of the API as programs get it."""
    answer = app.test_client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return answer.json


def leaves(value: Any, path: str = "") -> Iterator[str]:
    """Yield each leaf of a document with its path; prose may change."""
    if isinstance(value, dict):
        for key, below in value.items():
            if key == "examples":
                continue
            if isinstance(below, dict | list) or key not in {"description", "summary", "title"}:
                yield from leaves(below, f"{path} {key}".strip())
    elif isinstance(value, list):
        for below in value:
            yield from leaves(below, f"{path} -")
    else:
        yield f"{path} = {value}"


def _is_ours(thing: Any) -> bool:
    """Whether it is of the product: tests register things of their own."""
    return getattr(thing, "__module__", "").partition(".")[0] in PRODUCT


def _one_line(name: str) -> str:
    return name.replace("\n", "\\n")
