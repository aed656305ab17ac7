"""Formulas inside a Google spreadsheet: a pure Apps Script function, and plain formulas over AR_数据."""
