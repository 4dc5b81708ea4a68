"""How the package says no.

Bad input is answered with one sentence in three parts: what was given, why it cannot work, what to do.
``InputError`` carries the parts separately, so that the command line, a notebook and a test can each use them.
"""

from __future__ import annotations


class InputError(ValueError):
    """Something the caller gave cannot be used.

    Parameters
    ----------
    given : str
        What was given, as ``name=value``.
    why : str
        Why it cannot work.
    remedy : str
        What to do instead.
    """

    def __init__(self, given: str, why: str, remedy: str) -> None:
        self.given, self.why, self.remedy = given, why, remedy
        super().__init__(f"{given}: {why}; {remedy}.")

    def __reduce__(self) -> tuple[type[InputError], tuple[str, str, str]]:
        """Pickle by parts, so that a worker process can send the error home.

        Returns
        -------
        tuple
            The class and its three parts.
        """
        return type(self), (self.given, self.why, self.remedy)
