"""Registries that fill themselves: claims and figures are found by looking at the modules of a package.

Adding one is adding one file.  A registry reads its package at the first question it is asked, not at import, because what it
finds may bring SymPy or Matplotlib with it.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Generic, TypeVar

from sattheory.errors import InputError

T = TypeVar("T")


class Registry(Mapping[str, T], Generic[T]):
    """What the modules of a package define, by name.

    Parameters
    ----------
    package : str
        Name of the package whose modules are read.
    attribute : str
        What a module defines: one item or a tuple of items.
    name : callable
        Takes an item, returns its name.
    """

    def __init__(self, package: str, attribute: str, name: Callable[[T], str]) -> None:
        self._package, self._attribute, self._name = package, attribute, name
        self._found: dict[str, T] | None = None

    @property
    def _items(self) -> dict[str, T]:
        if self._found is None:
            self._found = self._discover()
        return self._found

    def _discover(self) -> dict[str, T]:
        found: dict[str, T] = {}
        for module in pkgutil.iter_modules(importlib.import_module(self._package).__path__):
            if module.name == "__main__":
                continue
            defined = getattr(importlib.import_module(f"{self._package}.{module.name}"), self._attribute, ())
            for item in defined if isinstance(defined, tuple) else (defined,):
                name = self._name(item)
                if name in found:
                    given = f"{self._attribute.rstrip('S').lower()}={name!r}"
                    raise InputError(given, f"{module.name} defines a name that exists", "give it another name")
                found[name] = item
        return dict(sorted(found.items()))

    def __getitem__(self, name: str) -> T:
        return self._items[one_of(self._attribute.rstrip("S").lower(), name, self._items)]

    def __contains__(self, name: object) -> bool:
        return name in self._items

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return f"Registry({', '.join(self)})"


class Outside(dict[str, T], Generic[T]):
    """What a module outside the package defines, by name; a name that is nearly right is answered with the right one.

    Parameters
    ----------
    what : str
        What kind of thing it is.
    items : mapping
        The things.
    """

    def __init__(self, what: str, items: Mapping[str, T]) -> None:
        super().__init__(items)
        self._what = what

    def __missing__(self, name: str) -> T:
        return self[one_of(self._what, name, self)]


@cache
def outside(module: str, attribute: str, type_: type[T], name: Callable[[T], str]) -> Mapping[str, T]:
    """Read what a module outside the package defines.

    Parameters
    ----------
    module : str
        Name of a module that can be imported, the current folder included, or path of a ``.py`` file.
    attribute : str
        What it must define: one item or a tuple of items.
    type_ : type
        Of which type.
    name : callable
        Takes an item, returns its name.

    Returns
    -------
    mapping
        The items by name.

    Raises
    ------
    InputError
        If the module cannot be imported, defines nothing of the kind, or the same name twice.
    """
    defined = getattr(_load(module), attribute, None)
    items = defined if isinstance(defined, tuple | list) else () if defined is None else (defined,)
    given = f"--from {module}"
    if not items or not all(isinstance(item, type_) for item in items):
        why = f"it defines no {attribute}, a tuple of sattheory.claims.{type_.__name__}"
        raise InputError(given, why, f"write {attribute} = (…,) at its end")
    names = [name(item) for item in items]
    if twice := {one for one in names if names.count(one) > 1}:
        raise InputError(given, f"it defines {', '.join(sorted(twice))} twice", "give each a name of its own")
    return Outside(attribute.rstrip("S").lower(), dict(zip(names, items, strict=True)))


def _load(module: str) -> ModuleType:
    """Import a module by name or by path; what goes wrong inside it is told in one sentence."""
    path = Path(module)
    folder = str(path.resolve().parent if path.suffix == ".py" else Path.cwd())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        return importlib.import_module(path.stem if path.suffix == ".py" else module)
    except Exception as error:
        why = f"it cannot be imported ({type(error).__name__}: {error})"
        raise InputError(f"--from {module}", why, "give the name of a module here or installed, or mend it") from None


def one_of(what: str, given: str, known: Collection[str]) -> str:
    """Return a name that exists, or say which ones are nearest to it.

    Parameters
    ----------
    what : str
        What kind of name it is.
    given : str
        The name.
    known : collection of str
        The names that exist.

    Returns
    -------
    str
        The name.

    Raises
    ------
    InputError
        If there is none of this name.
    """
    if given in known:
        return given
    folded = {name.casefold(): name for name in known}
    near = [folded[name] for name in difflib.get_close_matches(str(given).casefold(), folded, n=3, cutoff=0.4)]
    remedy = "did you mean " + " or ".join(near) if near else "choose from " + ", ".join(known)
    raise InputError(f"{what}={given!r}", f"there is no {what} of this name", remedy)
