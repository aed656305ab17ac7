"""Run on its own: xlwings' own generator of VBA, with the modules of pywin32 stubbed, over our function server module.

Prints JSON: the VBA, and what xlwings knows about each function and its arguments.
"""

import datetime as dt
import importlib
import io
import json
import sys
import types


class Anything:
    """Stands for whatever pywin32 would give."""

    def __init__(self, *args, **keywords):
        pass

    def __call__(self, *args, **keywords):
        return Anything()

    def __getattr__(self, name):
        return Anything()

    def __mro_entries__(self, bases):
        return (object,)

    def __or__(self, other):
        return 0

    __ror__ = __or__


def stub(name):
    """A module in which every name can be found."""
    module = types.ModuleType(name)
    module.__path__ = []

    def find(attribute):
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return Anything()

    module.__getattr__ = find
    sys.modules[name] = module
    return module


for name in (
    "pythoncom", "pywintypes", "win32com", "win32com.client", "win32com.server", "win32com.server.policy",
    "win32com.server.util", "win32api", "win32gui", "win32process", "win32con", "win32timezone",
):  # fmt: skip
    stub(name)
sys.modules["pywintypes"].com_error = type("com_error", (Exception,), {})
sys.modules["pywintypes"].TimeType = dt.datetime
sys.modules["pythoncom"].CoInitialize = lambda *_: None

import xlwings  # noqa: E402
from xlwings import conversion, udfs  # noqa: E402

xlwings.func, xlwings.arg, xlwings.ret = udfs.xlfunc, udfs.xlarg, udfs.xlret
server = importlib.import_module("arsheet.addins.excel.udfs")
out = io.StringIO()
udfs.generate_vba_wrapper("arsheet.addins.excel.udfs", server, out, types.SimpleNamespace(Name="book.xlsm"))
known = {}
for name in dir(server):
    info = getattr(getattr(server, name), "__xlfunc__", None)
    if info:
        known[name] = {
            "arguments": [[each["name"], each["vba"], "optional" in each, each["options"]] for each in info["args"]],
            "volatile": info["volatile"],
            "result": info["ret"]["options"],
        }
xlwings.engines.engines_by_name["excel"] = types.SimpleNamespace(name="excel", type="desktop")
answer = conversion.write([["", 1.5], ["\x1b2042", True]], None, known["AR_AMOUNT_CN"]["result"])
print(json.dumps({"vba": out.getvalue(), "known": known, "answer": answer}))
