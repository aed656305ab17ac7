"""Field masks: `a(b,c/d).e,f` read, applied to an answer, and used to update one message from another."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from arsheet.sync.emulator.errors import invalid

Tree = dict[str, Any]
_NAME = re.compile(r"[A-Za-z0-9_*@$-]+")


@lru_cache(maxsize=256)
def parse(mask: str) -> Tree:
    """The mask as a tree of names; an empty mask is an empty tree. The tree is shared: do not change it."""
    tree, end = _many("".join(mask.split()), 0)
    if end != len("".join(mask.split())):
        raise invalid(f"Request contains an invalid argument. Invalid field mask: {mask}")
    return tree


def _many(mask: str, at: int) -> tuple[Tree, int]:
    tree: Tree = {}
    while at < len(mask):
        path, at = _path(mask, at)
        inner: Tree = {}
        if at < len(mask) and mask[at] == "(":
            inner, at = _many(mask, at + 1)
            at += 1
        if not path:
            raise invalid(f"Request contains an invalid argument. Invalid field mask: {mask}")
        node = tree
        for name in path[:-1]:
            node = node.setdefault(name, {})
        node.setdefault(path[-1], {}).update(inner)
        if at < len(mask) and mask[at] == ",":
            at += 1
        else:
            break
    return tree, at


def _path(mask: str, at: int) -> tuple[list[str], int]:
    path = []
    while match := _NAME.match(mask, at):
        path.append(re.sub(r"_([a-z])", lambda found: found.group(1).upper(), match.group()))
        at = match.end()
        if at < len(mask) and mask[at] in "./":
            at += 1
        else:
            break
    return path, at


def project(value: Any, tree: Tree) -> Any:
    """The part of an answer that the mask asks for."""
    if not tree or "*" in tree:
        return value
    if isinstance(value, list):
        return [project(item, tree) for item in value]
    if isinstance(value, dict):
        return {key: project(item, tree[key]) for key, item in value.items() if key in tree}
    return value


def wants(tree: Tree | None, *path: str) -> bool:
    """Whether an answer cut by `tree` still holds anything at `path` (None: everything is wanted)."""
    node = tree
    for name in path:
        if not node or "*" in node:
            return True
        if name not in node:
            return False
        node = node[name]
    return True


def updated(old: dict[str, Any], new: dict[str, Any], tree: Tree) -> dict[str, Any]:
    """`old` with the named fields taken from `new`; a field that `new` lacks is cleared. Neither is changed."""
    if "*" in tree or not tree:
        return dict(new)
    out = dict(old)
    for key, inner in tree.items():
        if inner and "*" not in inner:
            was, now = out.get(key), new.get(key)
            value = updated(was if isinstance(was, dict) else {}, now if isinstance(now, dict) else {}, inner)
            if value:
                out[key] = value
            else:
                out.pop(key, None)
        elif key in new:
            out[key] = new[key]
        else:
            out.pop(key, None)
    return out
