"""Code.gs in Node gives what AR_AGING_OF gives in Python, for the same ranges."""

from __future__ import annotations

import datetime as dt
import json
import random
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from arsheet.addins.apps_script.build import build
from arsheet.addins.apps_script.code import code_gs
from arsheet.addins.apps_script.formulas import buckets, formulas, help_page
from arsheet.functions.invoke import invoke
from arsheet.functions.results import to_json

AS_OF = dt.date(2025, 6, 30)
HEADER = (
    "单据键 客户编码 客户名称 单据号 期次 类型 单据日期 到期日 币种 金额 未收金额 逾期天数 账龄段 争议金额 状态 业务员"
).split()


def row(
    no: Any, customer: str, name: str, written: Any, due: Any, currency: Any, amount: Any, seller: str = ""
) -> list[Any]:
    """A row of AR_数据."""
    number = str(no).split("#")[0]
    return [
        no,
        customer,
        name,
        number,
        None,
        None,
        written,
        due,
        currency,
        amount,
        amount,
        None,
        None,
        None,
        None,
        seller,
    ]


ROWS = [
    row("A1", "C1", "甲公司", dt.date(2025, 1, 1), dt.date(2025, 3, 30), "CNY", 70000, "张三"),
    row("A2", "C1", "甲公司", dt.date(2025, 4, 1), dt.date(2025, 5, 31), "CNY", 70000, "张三"),
    row("B1", "C2", "乙公司", dt.date(2025, 6, 1), dt.date(2025, 7, 31), "CNY", 50000.5, "李四"),
    row("N1", "C1", "甲公司", dt.date(2025, 6, 1), dt.date(2025, 6, 1), "CNY", -5000, "张三"),
    row("U1", "C2", "乙公司", dt.date(2025, 5, 1), dt.date(2025, 6, 30), "USD", 100, "李四"),
    row("F1", "C2", "乙公司", dt.date(2025, 7, 15), dt.date(2025, 8, 30), "CNY", 100, "李四"),
    row("I1#1", "C3", "丙", dt.date(2025, 1, 1), dt.date(2025, 2, 1), "CNY", 100, "李四"),
    row("I1#2", "C3", "丙", dt.date(2025, 1, 1), dt.date(2025, 8, 1), "CNY", 100, "李四"),
    row("P1", "C3", "丙", dt.date(2025, 1, 1), None, "CNY", 300),
    row("X1", "C4", "丁", dt.date(2025, 1, 1), dt.date(2025, 2, 1), "CNY", "abc"),
    row("J1", "C5", "戊", dt.date(2025, 1, 1), dt.date(2025, 2, 1), "JPY", 1234, "李四"),
    row("T1", "C5", "戊", "2025-03-01", "2025年4月1日", "人民币", "1,234.56", "李四"),
    row("A1", "C1", "甲公司", dt.date(2025, 1, 1), dt.date(2025, 3, 30), "CNY", 70000, "张三"),
]
SMALL = [
    ["客户", "到期日", "未收金额"],
    ["甲", dt.date(2025, 3, 30), 70000.125],
    ["乙", dt.date(2025, 7, 1), 0.1],
    ["合计", None, 9],
]
ENGLISH = [["Statement of 2025", None, None, None], ["Customer ID", "Due date", "Currency", "Amount"],
           ["C1", dt.date(2025, 6, 29), "USD", 10], ["C2", dt.date(2025, 1, 1), None, -3]]  # fmt: skip


def random_range(seed: int) -> list[list[Any]]:
    """A range as AR_数据 holds it, of up to 60 rows."""
    rng = random.Random(seed)
    rows = []
    for at in range(rng.randint(1, 60)):
        written = dt.date(2024, 6, 1) + dt.timedelta(days=rng.randint(0, 420))
        due = written + dt.timedelta(days=rng.randint(0, 120)) if rng.random() < 0.9 else None
        customer = rng.randint(1, 6)
        amount = round(rng.uniform(-2000, 20000), 2) if rng.random() < 0.95 else rng.choice(["待定", None])
        seller = rng.choice(("张三", "李四", "王五"))
        rows.append(
            row(
                f"D{at:03}",
                f"KH{customer:03}",
                f"客户{customer}",
                written,
                due,
                rng.choice(("CNY", "USD")),
                amount,
                seller,
            )
        )
    return [HEADER, *rows]


CASES: list[list[Any]] = [
    [[HEADER, *ROWS], AS_OF],
    [[HEADER, *ROWS], AS_OF, "单据日期"],
    [[HEADER, *ROWS], AS_OF, "到期日", "15,45"],
    [[HEADER, *ROWS], AS_OF, None, None, "业务员"],
    [SMALL, AS_OF],
    [ENGLISH, AS_OF],
    *([random_range(seed), AS_OF, *more] for seed in range(40) for more in ([], ["invoice"])),
]
REFUSED: list[list[Any]] = [[[["a", "b"], [1, 2]], AS_OF], [SMALL, AS_OF, "invoice"], [SMALL, AS_OF, None, "60,30"]]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What Node gives for all cases."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    folder = tmp_path_factory.mktemp("gs")
    (folder / "Code.gs").write_text(code_gs("zh"), "utf-8")
    (folder / "cases.json").write_text(json.dumps([_plain(case) for case in [*CASES, *REFUSED]]), "utf-8")
    script = Path(__file__).with_name("run_cases.cjs")
    done = subprocess.run(
        [node, str(script), str(folder / "Code.gs"), str(folder / "cases.json")], capture_output=True, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode()
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return {"date": value.isoformat()} if isinstance(value, dt.date) else "" if value is None else value


def _cell(value: Any) -> Any:
    if value in ("", None):
        return None
    try:
        return Decimal(str(value)).quantize(Decimal("0.001"))
    except ArithmeticError:
        return value


@pytest.mark.parametrize("at", range(len(CASES)))
def test_the_same_as_in_the_workbook(results: list[dict[str, Any]], at: int) -> None:
    case = CASES[at]
    said = to_json(invoke("AR_AGING_OF", case, version=None, language="zh"))
    assert "rows" in results[at], results[at]
    header, *rows = results[at]["rows"]
    places = [said["header"].index(word) for word in header]
    memo = {"其中争议", "其中待触发"}
    assert set(said["header"]) - set(header) <= memo
    expected = [[_cell(each[place]) for place in places] for each in said["rows"]]
    assert [[_cell(cell) for cell in each] for each in rows] == expected


@pytest.mark.parametrize("at", range(len(REFUSED)))
def test_what_python_refuses_is_refused(results: list[dict[str, Any]], at: int) -> None:
    assert invoke("AR_AGING_OF", REFUSED[at], version=None, language="zh").error is not None
    words = results[len(CASES) + at].get("error", "")
    assert " / " in words


def test_the_file_is_made_of_the_declarations() -> None:
    text = code_gs("en")
    assert "/*WORDS*/" not in text
    assert "Days" not in text.split("\n")[0]
    for forbidden in ("UrlFetchApp", "SpreadsheetApp", "PropertiesService", "new Date()", "Math.random"):
        assert forbidden not in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_formulas_read_the_data_tab_only(language: str) -> None:
    sheet = {"zh": "'AR_数据'!", "en": "'AR_Data'!"}[language]
    for each in formulas(language):
        assert each.formula.startswith("=")
        assert sheet in each.formula
        assert all(argument in each.formula for argument in each.arguments)
        assert each.name in help_page(language)
    assert len(buckets(language)) == 5


@pytest.mark.parametrize("language", ["zh", "en"])
def test_build_writes_both_files(tmp_path: Path, language: str) -> None:
    names = [path.name for path in build(tmp_path / "out", language)]
    assert names[0] == "Code.gs"
    assert (tmp_path / "out" / names[1]).read_text("utf-8") == help_page(language)
