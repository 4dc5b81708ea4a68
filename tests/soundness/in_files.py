"""Errors in what stands between a hostile file and the package: caps, checks, and how bytes become numbers."""

from __future__ import annotations

from tests.soundness.planted import Planted

HOSTILE = ("tests/checkpoints/test_hostile_files.py", "-k", "not attack")
TENSORS = ("tests/checkpoints/test_tensor_files.py",)
NPZ = ("tests/checkpoints/test_npz_files.py",)
SHARDED = ("tests/checkpoints/test_sharded.py",)

PLANTED = (
    Planted(
        "BF16 shifted by fifteen bits",
        "checkpoints/containers/entries.py",
        "np.uint32(16), dtype",
        "np.uint32(15), dtype",
        TENSORS,
    ),
    Planted(
        "an axis of none hides an absurd one",
        "checkpoints/containers/entries.py",
        "math.prod(max(axis, 1) for axis in shape)",
        "math.prod(shape)",
        HOSTILE,
    ),
    Planted(
        "any number of tensors", "checkpoints/containers/entries.py", "if tensors > MOST_TENSORS:", "if tensors < 0:", TENSORS
    ),
    Planted(
        "holes between tensors",
        "checkpoints/containers/safetensors_files.py",
        "if stretch.start != end:",
        "if stretch.start < end:",
        HOSTILE,
    ),
    Planted(
        "bytes after the last tensor", "checkpoints/containers/safetensors_files.py", "if end < whole:", "if end < 0:", HOSTILE
    ),
    Planted(
        "tensors read one byte late",
        "checkpoints/containers/safetensors_files.py",
        "data.start + start, expected",
        "data.start + start + 1, expected",
        TENSORS,
    ),
    Planted(
        "true taken for an offset",
        "checkpoints/containers/safetensors_files.py",
        "type(item) is int",
        "isinstance(item, int)",
        HOSTILE,
    ),
    Planted("any depth of nesting", "checkpoints/containers/documents.py", "> DEEPEST:", "> 10**9:", HOSTILE),
    Planted("NaN in JSON", "checkpoints/containers/documents.py", "parse_constant=refuse, ", "", HOSTILE),
    Planted(
        "equal keys", "checkpoints/containers/documents.py", "if len(found) < len(pairs):", "if len(found) > len(pairs):", HOSTILE
    ),
    Planted(
        "symlinks out of the folder",
        "checkpoints/containers/opening.py",
        "if not end.is_relative_to(folder) and",
        "if False and",
        HOSTILE,
    ),
    Planted("devices", "checkpoints/containers/opening.py", "if S_ISREG(mode):", "if not S_ISDIR(mode):", HOSTILE),
    Planted("checksums", "checkpoints/containers/stretches.py", "not in {None, self.checksum}", "in {b''}", HOSTILE),
    Planted(
        "more than was declared", "checkpoints/containers/stretches.py", "if self._next(1) or self.left", "if self.left", HOSTILE
    ),
    Planted(
        "a file that has shrunk", "checkpoints/containers/stretches.py", ".st_size) != stretch.whole:", ".st_size) < 0:", HOSTILE
    ),
    Planted("zip bombs", "checkpoints/containers/npz_files.py", "if size > max(FREE,", "if size < min(0,", HOSTILE),
    Planted("wrong byte counts in npz", "checkpoints/containers/npz_files.py", ") != member.size:", ") < 0:", HOSTILE),
    Planted("Fortran order ignored", "checkpoints/containers/npz_files.py", 'fields["fortran_order"] == "True"', "False", NPZ),
    Planted("names with dots", "checkpoints/containers/npz_files.py", '{"", ".", ".."}', '{"", "."}', HOSTILE),
    Planted("big-endian read as little", "checkpoints/containers/npz_files.py", "else order + kind", 'else "<" + kind', NPZ),
    Planted(
        "overlapping members",
        "checkpoints/containers/zip_directories.py",
        "if not end <= begins <= end + slack:",
        "if begins > end + slack:",
        HOSTILE,
    ),
    Planted(
        "sizes of zip swapped",
        "checkpoints/containers/zip_directories.py",
        "return narrow[0], narrow[1], narrow[2]",
        "return narrow[1], narrow[0], narrow[2]",
        NPZ,
    ),
    Planted(
        "shards elsewhere",
        "checkpoints/containers/sharded.py",
        "== PureWindowsPath(name).name == name",
        "== PureWindowsPath(name).name",
        HOSTILE,
    ),
    Planted(
        "tensors that the index does not list",
        "checkpoints/containers/sharded.py",
        "if places.get(tensor) != file:",
        "if places.get(tensor, file) != file:",
        HOSTILE,
    ),
    Planted("caps of all shards together", "checkpoints/containers/sharded.py", "room -= length", "room -= 0", SHARDED),
    Planted(
        "Fortran order in parts",
        "checkpoints/containers/tensors.py",
        "if entry.fortran and sum(axis > 1 for axis in entry.shape) > 1:",
        "if False:",
        NPZ,
    ),
    Planted("what follows the last part", "checkpoints/containers/tensors.py", "values.finish()", "pass", HOSTILE),
)
