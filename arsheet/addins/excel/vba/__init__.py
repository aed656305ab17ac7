"""Writes a VBA project (vbaProject.bin) from the text of its modules, as [MS-OVBA] and [MS-CFB] describe it."""
