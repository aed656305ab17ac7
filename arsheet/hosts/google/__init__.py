"""Google Sheets: authentication, a patient client, typed cells and batchUpdate requests."""
