"""The package's figures, drawn small, ready to stand in a page that has no other file beside it."""

from __future__ import annotations

import base64
import inspect
import sys
from html import escape


def drawn() -> dict[str, tuple[str, str]]:
    """Draw every figure of the registry.

    Returns
    -------
    dict of str to (str, str)
        Title to an ``img`` element that carries the picture, and a caption: the first paragraph of what its module says about it.
    """
    from sattheory.figures import figures
    from sattheory.figures.files import render

    pictures = {}
    for name in figures:
        figure = figures[name]
        encoded = base64.b64encode(render(figure.draw(0, "small"), "svg")).decode()
        image = f'<img alt="{escape(figure.title)}" src="data:image/svg+xml;base64,{encoded}">'
        about = inspect.cleandoc(sys.modules[figure.draw.__module__].__doc__ or "")
        pictures[figure.title] = (image, about.partition("\n\n")[2].partition("\n\n")[0].replace("\n", " ").replace("``", ""))
    return pictures
