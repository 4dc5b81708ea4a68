"""Measurements of speed against the project's targets; see README.md beside this file."""
