"""Where that lies which the author has looked at and accepted; it is kept under version control."""

from pathlib import Path

ACCEPTED = Path("accepted/report.json")  # the report in brief, to compare later ones with
AUDIT = Path("accepted/audit.json")  # the verdicts on other seeds
