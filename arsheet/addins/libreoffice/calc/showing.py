"""What is shown before something is written, and the help, as lines of text."""

from __future__ import annotations

from typing import Any

from .declared import declared, say

SHOWN_FINDINGS = 20
SHOWN_CELLS = 4
LONGEST = 36
SEVERITIES = ("error", "warning", "note")


def preview(seen: dict[str, Any], language: str) -> str:
    """Tables with their rows, some of the cells that change, and what was found."""
    lines = []
    as_of = seen["summary"].get("as_of") if isinstance(seen["summary"], dict) else None
    if as_of:
        lines += [say("as_of", language, day=_day(as_of)), ""]
    if seen["preview"] is None:
        lines += [say("nothing_to_write", language), ""]
    else:
        lines += [say("will_write", language)]
        for write in seen["writes"]:
            lines += _write(write, language)
        lines.append("")
    return "\n".join([*lines, *_findings(seen, language)])


def _day(value: Any) -> str:
    if isinstance(value, int):
        from datetime import date, timedelta

        return (date(1970, 1, 1) + timedelta(value)).isoformat()
    return str(value)


def _write(write: dict[str, Any], language: str) -> list[str]:
    key = "write_table" if write["table"] else "write_cells"
    facts = {name: write[name] for name in ("sheet", "rows_before", "rows_after", "changed_cells")}
    lines = ["  " + say(key, language, **facts)]
    single = set(write["cells"]) if write["table"] else set()  # such as the line with the time of the refresh
    for cell in [each for each in write["sample"] if each["cell"] not in single][:SHOWN_CELLS]:
        lines.append(
            "      {}: {} → {}".format(cell["cell"], _cell(cell["old"], language), _cell(cell["new"], language))
        )
    return lines


def _cell(value: Any, language: str) -> str:
    if value is None or value == "":
        return say("blank", language)
    if isinstance(value, dict):
        if "d" in value:
            from datetime import date, timedelta

            return (date(1899, 12, 30) + timedelta(int(value["d"]))).isoformat()
        return str(value.get("e"))
    text = str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _findings(seen: dict[str, Any], language: str) -> list[str]:
    found = seen["findings"]
    if not found:
        return [say("findings_none", language)]
    lines = [say("findings", language, count=seen["findings_count"])]
    order = {severity: place for place, severity in enumerate(SEVERITIES)}
    worst = sorted(found, key=lambda each: order.get(each["severity"], 9))
    for each in worst[:SHOWN_FINDINGS]:
        where = "{}!{}".format(each["sheet"], each["cell"]) if each["cell"] else each["sheet"]
        lines.append("  [{}] {}  {}".format(say(each["severity"], language), where, each[language]))
        hint = each["hint_" + language]
        if hint:
            lines.append("      " + hint)
    beyond = seen["findings_count"] - len(worst[:SHOWN_FINDINGS])
    if beyond > 0:
        lines.append("  " + say("findings_beyond", language, count=beyond))
    return lines


def help_text(language: str, failures: list[str]) -> str:
    """The buttons, the functions with their arguments, and what went wrong lately."""
    lines = [say("help_head", language, version=declared()["version"]), "", say("help_buttons", language)]
    for about in declared()["actions"].values():
        lines.append("  {}  {}".format(about[language], about["tip_" + language]))
    lines += ["", say("help_functions", language)]
    for name, about in declared()["functions"].items():
        lines.append("  {}({})".format(name, "; ".join(about["params_" + language])))
        lines.append("      " + about[language])
    lines += ["", say("help_more", language)]
    if failures:
        lines += ["", say("help_failures", language), *failures]
    return "\n".join(lines)
