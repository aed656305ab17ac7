"""Stored results of formula cells in a closed workbook, brought up to date by patching the sheet's XML."""
