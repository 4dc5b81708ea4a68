"""Comparisons with torch and transformers, run with ``-m peers``."""
