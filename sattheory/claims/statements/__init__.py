"""The statements: one file each, named by what it says; the registry finds every module here that defines `CLAIMS`."""
