"""The Excel add-in: arsheet.xlam written from the registries, its functions and buttons, and the doctor."""
