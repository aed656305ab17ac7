"""A receivables book with sample data, refreshed and shown: python3 scripts/demo.py [--lang en] [--out DIR] …"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import environment

NAMES = {"zh": "应收账款管理_示例.xlsx", "en": "receivables_sample.xlsx"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lang", choices=["zh", "en"], default="zh")
    parser.add_argument("--out", type=Path, default=environment.ROOT / "demo_output")
    parser.add_argument("--invoices", type=int, default=8000)
    parser.add_argument("--customers", type=int, default=1200)
    options = parser.parse_args()
    if options.invoices < 1 or options.customers < 1:
        parser.error("--invoices and --customers must be at least 1 / 至少为 1")
    if not environment.inside():
        return environment.run_inside("demo.py", sys.argv[1:])
    return show(options)


def show(options: argparse.Namespace) -> int:
    """Makes, fills, refreshes and shows the book."""
    from arsheet import run
    from arsheet.cli.show import show_refreshed

    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")
    zh = options.lang == "zh"
    options.out.mkdir(parents=True, exist_ok=True)
    book = options.out / NAMES[options.lang]
    book.unlink(missing_ok=True)  # yesterday's demo and its journal
    shutil.rmtree(book.with_suffix(".arsheet"), ignore_errors=True)
    environment.say("从模板新建工作簿" if zh else "making a book from the template")
    run.new_book(book, options.lang)
    environment.say(
        f"写入示例数据：{options.customers} 个客户、{options.invoices} 张单据"
        if zh
        else f"filling in a sample: {options.customers} customers, {options.invoices} documents"
    )
    run.fill_sample(book, invoices=options.invoices, customers=options.customers)
    environment.say("刷新：计算账龄、余额、重分类并写回" if zh else "refreshing: aging, balances, reclassification")
    done = run.refresh(book)
    show_refreshed(done)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
