"""The texts that the add-in keeps in its cells: VBA holds ASCII only, cells hold every script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from arsheet.actions.importing import KINDS
from arsheet.addins.excel.wrappers import UDF_MODULE
from arsheet.addins.excel.xlwings_part import PROJECT
from arsheet.functions.registry import Declaration, Param
from arsheet.schema.tables import SOURCES, TABLES

LONGEST_HELP = 255
"""Characters that Application.MacroOptions takes for a description and for each argument."""
OPENING = ("期初余额", "Opening balances")
_FILES = "*.xlsx;*.xlsm;*.xls;*.csv"

WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "title": ("应收账款", "Receivables"),
        "category": ("应收账款", "Receivables"),
        "working": ("应收账款：正在计算……", "Receivables: working…"),
        "no_book": ("请先打开应收账款工作簿，再点这个按钮。", "Open the receivables workbook first, then click again."),
        "no_python": (
            "没有启动 Python，工作簿未改动。请在命令行运行 arsheet excel doctor，按它的说明处理后重开 Excel。原因：",
            "Python could not be started; the workbook is unchanged. Run arsheet excel doctor on the command line, "
            "do what it says, and restart Excel. Reason:",
        ),
        "several_areas": (
            "参数由几块不相连的区域组成；请给一块连续的区域",
            "The argument is made of several areas; give one rectangle",
        ),
        "import_title": ("导入", "Import"),
        "import_filter": (f"表格文件 ({_FILES}),{_FILES}", f"Spreadsheets ({_FILES}),{_FILES}"),
    }
)
"""Key -> zh, en; read by ArsheetText."""


def word_rows(language: str, *, xlwings: str) -> list[tuple[str, str]]:
    """The sheet "words": key and text; among them the version of xlwings that the add-in is made with."""
    at = 0 if language == "zh" else 1
    rows = [(key, pair[at]) for key, pair in WORDS.items()]
    rows.append(("import_kinds", _kinds(language)))
    rows.append(("xlwings", xlwings))
    rows.append(("sources", "|" + "|".join(TABLES[key].table_name.lower() for key in SOURCES) + "|"))
    return rows


def _kinds(language: str) -> str:
    """The question which kind of rows a file holds; the numbers are places in ``KINDS``."""
    names = [TABLES[key].sheet(language) if key in TABLES else OPENING[language != "zh"] for key in KINDS]
    ask = "文件里是什么？请填数字：" if language == "zh" else "What does the file hold? Type the number:"
    return "\n".join([ask, *(f"{number} {name}" for number, name in enumerate(names, 1))])


def help_rows(declarations: Iterable[Declaration], language: str) -> list[tuple[str | int, ...]]:
    """The sheet "help": function, what it does, how many arguments, and what each takes."""
    rows: list[tuple[str | int, ...]] = []
    for declared in declarations:
        text = declared.zh if language == "zh" else declared.en
        arguments = [_argument(param, language) for param in declared.params]
        rows.append((declared.name, text[:LONGEST_HELP], len(arguments), *arguments))
    return rows


def _argument(param: Param, language: str) -> str:
    zh = language == "zh"
    text = param.zh if zh else param.en
    if param.optional:
        left_out = "" if param.default in (None, "") else f"{'，默认 ' if zh else ', default '}{param.default}"
        text += f"（可省略{left_out}）" if zh else f" (optional{left_out})"
    return text[:LONGEST_HELP]


def configuration_rows(interpreter: str) -> list[tuple[str, str]]:
    """The sheet arsheet.conf that xlwings reads first. All keys are set, so that no file beside a workbook is asked.

    The workbook's folder is not searched for modules: a file there must not be taken for one of ours.
    """
    windows = "\\" in interpreter or interpreter.lower().endswith(".exe")
    return [
        ("Interpreter_Win", interpreter if windows else ""),
        ("Interpreter_Mac", "" if windows else interpreter),
        ("Interpreter", interpreter),
        ("UDF Modules", UDF_MODULE),
        ("Use UDF Server", "True"),  # buttons and functions share one process, so one version of each book
        ("Add_Workbook_To_PYTHONPATH", "False"),
        ("PYTHONPATH", ""),
        ("Conda Path", ""),
        ("Conda Env", ""),
        ("Debug UDFs", "False"),
        ("Show Console", "False"),
        ("Show_Error_Popups", "True"),
        ("License_Key", ""),
        ("OneDrive_Consumer_Win", ""),
        ("OneDrive_Commercial_Win", ""),
        ("SharePoint_Win", ""),
        ("OneDrive_Consumer_Mac", ""),
        ("OneDrive_Commercial_Mac", ""),
        ("SharePoint_Mac", ""),
    ]


CONFIGURATION = f"{PROJECT}.conf"
