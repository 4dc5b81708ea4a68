"""``python -m sattheory.cli`` is ``sattheory``."""

from sattheory.cli import main

main()
