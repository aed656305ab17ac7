"""WPS Spreadsheets: an experimental JS add-in from the same registries and core script. Never run in a real WPS yet."""
