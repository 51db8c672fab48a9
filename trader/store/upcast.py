"""Old bodies become new ones when they are read; what is recorded is never rewritten.

An upcaster takes a body of one schema to the next. The schema a kind is written in is one
more than the number of its upcasters, so adding one raises it.
"""

from collections.abc import Callable, Sequence
from typing import Any

Body = dict[str, Any]
Upcaster = Callable[[Body], Body]

_UPCASTERS: dict[str, list[Upcaster]] = {}


def register(kind: str, schema: int, upcaster: Upcaster) -> None:
    """Say how a body of `kind` and `schema` becomes one of `schema` + 1.

    They are registered in order, from schema 1; ValueError if one is missing or there twice.
    """
    known = _UPCASTERS.setdefault(kind, [])
    if schema != len(known) + 1:
        raise ValueError(
            f"the next upcaster of {kind!r} is from schema {len(known) + 1}, not {schema}"
        )
    known.append(upcaster)


def current_schema(kind: str) -> int:
    """The schema in which events of this kind are written now."""
    return len(_UPCASTERS.get(kind, ())) + 1


def upcast(kind: str, schema: int, body: Body) -> tuple[int, Body]:
    """The newest schema this program knows, and the body in it.

    A body newer than this program is handed on as it is.
    """
    for upcaster in _UPCASTERS.get(kind, ())[schema - 1 :]:
        body = upcaster(body)
        schema += 1
    return schema, body


def upcast_all(
    kinds: Sequence[str], schemas: Sequence[int], bodies: Sequence[Body]
) -> tuple[Sequence[int], Sequence[Body]]:
    """The schemas and bodies of many events, as `upcast` answers for each."""
    if _UPCASTERS.keys().isdisjoint(kinds):
        return schemas, bodies
    upcasted = list(map(upcast, kinds, schemas, bodies))
    return [schema for schema, _ in upcasted], [body for _, body in upcasted]
