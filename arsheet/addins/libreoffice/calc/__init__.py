"""What runs inside LibreOffice, with its own Python (3.8 or later) and the standard library alone.

The builder copies these modules into the extension as the package ``arsheet_calc``; they import each other relatively
and nothing else of the house. What they must know of it stands in ``declared.json``, which is generated beside them.
"""
