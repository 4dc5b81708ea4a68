"""What the README says runs."""

import doctest
import re
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def test_sessions():
    failed, attempted = doctest.testfile(str(README), module_relative=False)
    assert attempted > 5
    assert failed == 0


def test_property():
    """The Hypothesis test a reader is told to copy passes."""
    (block,) = re.findall(r"```python\n(from hypothesis.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)
    names = {}
    exec(compile(block, str(README), "exec"), names)
    names["test_degree_at_most_one"]()
