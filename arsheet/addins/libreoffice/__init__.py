"""LibreOffice Calc: an extension made of plain text from the registries, a thin front of the local service."""
