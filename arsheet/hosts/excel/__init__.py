"""The host of a workbook that Excel has open, over the xlwings object API (its BSD part only)."""

from arsheet.hosts.excel.host import ExcelHost as ExcelHost
