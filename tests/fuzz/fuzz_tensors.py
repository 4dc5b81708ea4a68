"""A coverage-guided fuzzer for everything that reads a model's folder: whatever its bytes, the answer is tensors or a sentence.

The first byte of an input says what the rest is (`KINDS`): a whole file, or only the part of it that is hard to reach, put into
an otherwise honest file.  Anything but success or `InputError` is a finding, and so is a tensor that comes out otherwise in parts
than whole.  `test_corpus` runs the seeds, and earlier findings, without the fuzzer.

A minute of it, new inputs kept in a scratch folder (needs ``atheris``, which has wheels for Linux)::

    python -m tests.fuzz.fuzz_tensors -max_total_time=60 -rss_limit_mb=500 -timeout=10 -dict=tests/fuzz/tokens.dict \
        SCRATCH tests/fuzz/corpus
"""

import atexit
import shutil
import sys
import tempfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

import numpy as np

from tests.checkpoints.raw_archives import RawMember, write_archive
from tests.checkpoints.small_checkpoints import CONFIG, write_small
from tests.checkpoints.tiny_checkpoints import write_raw, write_tensors

ARCHITECTURES = sorted(CONFIG)


@cache
def scratch() -> Path:
    """Make a folder, in memory where there is such a place."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="fuzz_tensors.", dir=memory if memory.is_dir() else None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for kind in ARCHITECTURES:
        write_small(folder / kind, kind)
    for kind in KINDS:
        (folder / kind).mkdir()
    for number, names in enumerate(("ab", "c")):
        write_tensors(folder / "index" / f"{number}.safetensors", {name: np.ones(2, "<f4") for name in names})
    return folder


def whole_safetensors(data: bytes, folder: Path) -> Path:
    (folder / "model.safetensors").write_bytes(data)
    return folder


def header(data: bytes, folder: Path) -> Path:
    """Take a header, a NUL, and what follows it."""
    text, _, rest = data.partition(b"\0")
    write_raw(folder / "model.safetensors", text, rest)
    return folder


def whole_npz(data: bytes, folder: Path) -> Path:
    (folder / "model.npz").write_bytes(data)
    return folder


def member(data: bytes, folder: Path) -> Path:
    """Take a method of compression and the one member of an archive; deflated, it may claim to be of another size."""
    method, change, content = 8 * (data[0] % 2), data[1] % 4, data[2:]
    write_archive(
        folder / "model.npz", [RawMember(b"a.npy", content, method, size=max(0, len(content) + (change if method else 0)))]
    )
    return folder


def deflated(data: bytes, folder: Path) -> Path:
    """Take the raw stream of a member of 164 bytes, whose checksum is right as far as there can be one."""
    content = b""
    with suppress(zlib.error):
        content = zlib.decompressobj(-15).decompress(data, 164)
    write_archive(folder / "model.npz", [RawMember(b"a.npy", content, 8, size=164, raw=data)])
    return folder


def index(data: bytes, folder: Path) -> Path:
    (folder / "model.safetensors.index.json").write_bytes(data)
    return folder


KINDS: dict[str, Callable[[bytes, Path], Path]] = {
    "safetensors": whole_safetensors,
    "header": header,
    "npz": whole_npz,
    "member": member,
    "deflated": deflated,
    "index": index,
}


def read_tensors(folder: Path) -> None:
    from sattheory.checkpoints.containers.tensors import open_tensors

    tensors = open_tensors(folder)
    for name in tensors:
        found = tensors.read(name)
        assert found.shape == tensors.entries[name].shape
        cut = np.concatenate([found.ravel()[:0], *tensors.parts(name, max(found.size // 3, 1))])
        assert cut.tobytes() == found.tobytes(), "in parts it is another tensor"


def read_model(folder: Path) -> None:
    from sattheory.checkpoints import read

    model = read(folder)
    assert model.network.configuration.width > 0


def once(data: bytes) -> str:
    """Try one input; return what became of it."""
    from sattheory.errors import InputError

    if len(data) < 3:
        return "too short"
    number, rest = data[0] % (len(KINDS) + len(ARCHITECTURES)), data[1:]
    try:
        if number < len(KINDS):
            kind = list(KINDS)[number]
            read_tensors(KINDS[kind](rest, scratch() / kind))
        else:
            folder = scratch() / ARCHITECTURES[number - len(KINDS)]
            (folder / "config.json").write_bytes(rest)
            read_model(folder)
    except InputError as error:
        return str(error)
    return "read"


def main() -> None:
    import atheris

    import sattheory.network

    del sattheory
    # What is imported already is not instrumented: only the readers shall be.
    with atheris.instrument_imports(include=["sattheory"]):
        import sattheory.checkpoints  # noqa: F401
    atheris.Setup(sys.argv, once)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
