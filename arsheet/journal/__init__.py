"""What must outlive a sheet, in BOOK.arsheet beside the workbook: the record, kept versions, waiting remarks, keys."""
