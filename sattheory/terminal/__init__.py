"""What the command line shows: tables for people on standard output, progress on standard error.

Every table is made from the same plain values that ``--json`` prints, so that neither can say more than the other.  One file
holds the tables of one command.
"""
