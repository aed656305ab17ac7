"""The scheduled job: read a remote spreadsheet, merge it with the workbook, plan, apply."""
