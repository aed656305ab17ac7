"""Formula text to a tree: numbers, texts, references, operators with Google's precedence, calls, array constants."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_TOKENS = re.compile(
    r"""\s*(?:
      (?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)(?![A-Za-z_])
    | (?P<text>"(?:[^"]|"")*")
    | (?P<error>\#(?:N/A|DIV/0!|VALUE!|REF!|NAME\?|NUM!|NULL!))
    | (?P<ref>(?:(?:'(?:[^']|'')*'|[^\W\d]\w*)!)?
        (?:\$?[A-Za-z]{1,3}\$?\d+(?::\$?[A-Za-z]{1,3}\$?\d*)?|\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}|\$?\d+:\$?\d+)(?![\w(]))
    | (?P<name>(?:'(?:[^']|'')*'!)?[^\W\d][\w.]*)
    | (?P<op><>|<=|>=|[-+*/^&=<>(),;%{}])
    )""",
    re.X,
)


@dataclass(frozen=True, slots=True)
class Node:
    """One node: its kind (number, text, ref, name, call, unary, binary, percent, error, missing, array)."""

    kind: str
    value: object = None
    parts: tuple[Node, ...] = ()


class SyntaxProblem(Exception):
    """The text is no formula."""


_LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"=", "<>", "<", ">", "<=", ">="}),
    frozenset({"&"}),
    frozenset({"+", "-"}),
    frozenset({"*", "/"}),
    frozenset({"^"}),
)


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        at = 0
        text = text.strip()
        while at < len(text):
            match = _TOKENS.match(text, at)
            if not match or not match.lastgroup:
                raise SyntaxProblem(text[at:])
            self.tokens.append((match.lastgroup, match.group(match.lastgroup)))
            at = match.end()
        self.at = 0

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def take(self, wanted: str = "") -> tuple[str, str]:
        token = self.peek()
        if wanted and token[1] != wanted:
            raise SyntaxProblem(f"{wanted} wanted, {token[1]} found")
        self.at += 1
        return token

    def binary(self, level: int = 0) -> Node:
        if level == len(_LEVELS):
            return self.unary()
        left = self.binary(level + 1)
        while self.peek()[0] == "op" and self.peek()[1] in _LEVELS[level]:
            sign = self.take()[1]
            left = Node("binary", sign, (left, self.binary(level + 1)))
        return left

    def unary(self) -> Node:
        kind, sign = self.peek()
        if kind == "op" and sign in "+-" and sign:
            self.take()
            return Node("unary", sign, (self.unary(),))
        node = self.primary()
        while self.peek() == ("op", "%"):
            self.take()
            node = Node("percent", None, (node,))
        return node

    def primary(self) -> Node:
        kind, text = self.take()
        if kind == "number":
            value = float(text)
            return Node("number", int(value) if value == int(value) and "e" not in text.lower() else value)
        if kind == "text":
            return Node("text", text[1:-1].replace('""', '"'))
        if kind in ("error", "ref"):
            return Node(kind, text.upper() if kind == "error" else text)
        if kind == "name":
            return self.called(text)
        if text == "(":
            inner = self.binary()
            self.take(")")
            return inner
        if text == "{":
            return self.array()
        raise SyntaxProblem(f"unexpected {text or 'end'}")

    def called(self, name: str) -> Node:
        if self.peek()[1] != "(":
            return Node("name", name)
        self.take("(")
        parts: list[Node] = []
        if self.peek()[1] == ")":
            self.take()
            return Node("call", name.upper())
        while True:
            empty = self.peek()[1] in (",", ";", ")")
            parts.append(Node("missing") if empty else self.binary())
            if self.take()[1] == ")":
                return Node("call", name.upper(), tuple(parts))
            if self.tokens[self.at - 1][1] not in (",", ";"):
                raise SyntaxProblem("a comma or a bracket is missing")

    def array(self) -> Node:
        rows: list[Node] = []
        line: list[Node] = []
        while True:
            line.append(self.binary())
            sign = self.take()[1]
            if sign in (";", "}"):
                rows.append(Node("line", None, tuple(line)))
                line = []
            if sign == "}":
                return Node("array", None, tuple(rows))
            if sign not in (",", ";"):
                raise SyntaxProblem("an array is not closed")


@lru_cache(maxsize=4096)
def parse(formula: str) -> Node:
    """The tree of a formula (with or without its `=`); SyntaxProblem when it is none."""
    reader = _Reader(formula.removeprefix("="))
    node = reader.binary()
    if reader.peek()[0] != "end":
        raise SyntaxProblem(f"unexpected {reader.peek()[1]}")
    return node
