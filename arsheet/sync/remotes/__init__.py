"""One module per online spreadsheet service, each a Remote."""
