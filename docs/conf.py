"""How the documentation is built; no network, no TeX, nothing beyond the ``docs`` extra.

``sphinx-build -W --keep-going -b html docs docs/_build/html`` draws the figures (small ones) and checks every claim on the way,
so that the pages show what this version does.  ``-D sattheory_check=0`` shows the verdicts that the registry states, unchecked,
and saves that time.  ``sphinx-build -W -b doctest docs docs/_build/doctest`` runs every example, on pages and in docstrings.
"""

import sys
from pathlib import Path

import sattheory

sys.path.insert(0, str(Path(__file__).parent / "ext"))

project = "sattheory"
author = "The sattheory developers"
copyright = "The sattheory developers, MIT licence"
version = release = sattheory.__version__
language = "en-GB"

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.doctest",
    "numpydoc",
    "myst_parser",
    "computed_pages",
]
exclude_patterns = ["_build", "ext", "generated/figures"]
templates_path = ["_templates"]
myst_enable_extensions = ["deflist", "colon_fence"]
myst_heading_anchors = 3
smartquotes = False
default_role = "py:obj"

autosummary_generate = True
autosummary_filename_map = {"sattheory.Layerwise": "sattheory.Layerwise-class"}  # beside layerwise, where case does not count
autodoc_typehints = "none"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True}
numpydoc_show_class_members = False

doctest_global_setup = "import numpy as np"

html_theme = "pydata_sphinx_theme"
html_title = "sattheory"
html_static_path = ["_static"]
html_css_files = ["sattheory.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "navbar_end": ["theme-switcher"],
    "navbar_persistent": ["search-button"],
    "header_links_before_dropdown": 8,
    "show_prev_next": True,
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
}
PAGES = (
    "index",
    "arithmetics",
    "certificates",
    "certificates-mathematics",
    "real-models",
    "measure",
    "heads",
    "growth",
    "property-tests",
    "claims",
    "figures",
    "precision",
)
html_sidebars = {page: [] for page in PAGES}
