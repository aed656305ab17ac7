"""The receivables ledger and every calculation on it: pure, columnar, no clock, no file, no header text."""
