"""The spreadsheet itself: cells, tabs, books, and the ranges that move with them."""
