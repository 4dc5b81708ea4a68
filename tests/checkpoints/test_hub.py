"""Models by name: names and revisions, a cache without a network, and what the hub may answer."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from sattheory import checkpoints
from sattheory.checkpoints.hub import resolve
from sattheory.errors import InputError
from tests.checkpoints.tiny_checkpoints import write_bert

COMMIT = "0123456789abcdef0123456789abcdef01234567"
ROOT = Path(__file__).parents[2]
HAS_HUB = importlib.util.find_spec("huggingface_hub") is not None


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Put a module in place of ``huggingface_hub`` that notes what it is asked for."""
    folder, noted = write_bert(tmp_path / "model"), []

    def snapshot_download(name: str, **options: Any) -> str:
        noted.append({"name": name, **options})
        return str(folder)

    module = ModuleType("huggingface_hub")
    module.snapshot_download = snapshot_download
    monkeypatch.setitem(sys.modules, "huggingface_hub", module)
    return noted


@pytest.mark.parametrize(
    ("given", "name", "revision"),
    [
        ("hf://bert-base-cased", "bert-base-cased", None),
        ("hf://EleutherAI/pythia-70m@step1000", "EleutherAI/pythia-70m", "step1000"),
        ("hf://a/b@refs/pr/1", "a/b", "refs/pr/1"),
        (f"hf://a/b@{COMMIT}", "a/b", COMMIT),
        ("hf://0/1.2_3-4@v1.0+x", "0/1.2_3-4", "v1.0+x"),
    ],
)
def test_a_name_has_an_owner_and_a_revision(calls: list[dict[str, Any]], given: str, name: str, revision: str | None) -> None:
    folder = resolve(given)
    assert (folder / "config.json").is_file()
    assert [(call["name"], call["revision"]) for call in calls] == [(name, revision)]


def test_only_what_can_be_read_is_fetched(calls: list[dict[str, Any]]) -> None:
    from fnmatch import fnmatch

    resolve("hf://a/b")
    wanted, unwanted = calls[0]["allow_patterns"], calls[0]["ignore_patterns"]

    def fetched(file: str) -> bool:
        return any(fnmatch(file, pattern) for pattern in wanted) and not any(fnmatch(file, pattern) for pattern in unwanted)

    kept = ["config.json", "model.safetensors", "model-00001-of-00002.safetensors", "model.safetensors.index.json", "vocab.txt"]
    kept += [
        "vocab.json",
        "merges.txt",
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "added_tokens.json",
    ]
    left = [
        "pytorch_model.bin",
        "model.h5",
        "flax_model.msgpack",
        "README.md",
        "onnx/model.safetensors",
        "modeling.py",
        "spiece.model",
    ]
    assert list(map(fetched, kept)) == [True] * len(kept)
    assert list(map(fetched, left)) == [False] * len(left)


@pytest.mark.parametrize(
    "given",
    [
        "",
        "hf:",
        "hf://",
        "hf://@main",
        "bert",
        "HF://bert",
        "hf://a/b/c",
        "hf:///b",
        "hf://a/",
        "hf://..",
        "hf://../b",
        "hf://a/..",
        "hf://a//b",
        "hf://-a",
        "hf://a-",
        "hf://a--b",
        "hf://a..b",
        "hf://.a",
        "hf://a b",
        "hf://a\x00",
        "hf://ä/b",
        "hf://a\n",
        "hf://a?x",
        "hf://~/b",
    ],
)
def test_what_is_no_name_is_refused(calls: list[dict[str, Any]], given: str) -> None:
    with pytest.raises(InputError, match="this is no name on the hub; give hf://name"):
        resolve(given)
    assert not calls


@pytest.mark.parametrize(
    "revision",
    ["", "/etc/passwd", "../../x", "a/../../b", "a..b", "-a", "a b", "a\n", "a\x00", "a//b", "a/", "a@b", "refs/../x", "é"],
)
def test_what_is_no_revision_is_refused(calls: list[dict[str, Any]], revision: str) -> None:
    with pytest.raises(InputError, match="is no name of a revision; give a branch, a tag or a commit"):
        resolve(f"hf://a/b@{revision}")
    assert not calls


def error(*names: str) -> Exception:
    """Make an error of a class with these names, the last the most general."""
    kind: type[Exception] = Exception
    for name in reversed(names):
        kind = type(name, (kind,), {})
    return kind("the server's\nlong story " + "x" * 500)


@pytest.mark.parametrize(
    ("raised", "why"),
    [
        (error("GatedRepoError", "RepositoryNotFoundError", "HfHubHTTPError"), "only to those who accept the terms"),
        (error("RepositoryNotFoundError", "HfHubHTTPError"), "no such model, or it is private; check the name, or hf auth login"),
        (error("RevisionNotFoundError", "HfHubHTTPError"), "no such revision"),
        (error("DisabledRepoError", "HfHubHTTPError"), "closed access"),
        (error("IncompleteSnapshotError", "LocalEntryNotFoundError"), "only a part of it is kept here"),
        (error("LocalEntryNotFoundError", "EntryNotFoundError"), "cannot be reached, and it is not kept here"),
        (error("OfflineModeIsEnabled", "ConnectionError"), "HF_HUB_OFFLINE is set"),
        (error("HFValidationError", "ValueError"), "no name on the hub"),
        (error("HfHubHTTPError"), r"could not be fetched \(HfHubHTTPError: the server's long story x+\)"),
        (OSError(28, "No space left on device"), r"could not be fetched \(OSError: .*No space left"),
        (ConnectionError(), r"could not be fetched \(ConnectionError: \)"),
    ],
)
def test_what_the_hub_answers_is_one_sentence(
    calls: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, raised: Exception, why: str
) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise raised

    monkeypatch.setattr(sys.modules["huggingface_hub"], "snapshot_download", refuse)
    with pytest.raises(InputError, match=f"model='hf://a/b@c': .*{why}") as caught:
        resolve("hf://a/b@c")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 350


def test_interrupting_it_is_no_error_of_the_hub(calls: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(sys.modules["huggingface_hub"], "snapshot_download", interrupt)
    with pytest.raises(KeyboardInterrupt):
        resolve("hf://a/b")


def test_a_repository_that_is_no_model_is_refused(calls: list[dict[str, Any]], tmp_path: Path) -> None:
    (tmp_path / "model" / "config.json").unlink()
    with pytest.raises(InputError, match=r"it has no config\.json"):
        resolve("hf://a/b")


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(InputError, match=r"huggingface_hub, which is not installed; pip install 'sattheory\[hub\]'"):
        resolve("hf://a/b")


# The real package, and a cache on this disk ----------------------------------------------------------------------------------


def write_cache(home: Path, owner_and_name: str) -> Path:
    """Lay a model out as ``huggingface_hub`` keeps it: blobs, and links to them for each commit."""
    plain = write_bert(home.parent / "plain")
    kept = home / "hub" / f"models--{owner_and_name.replace('/', '--')}"
    for place in ("blobs", "refs", f"snapshots/{COMMIT}"):
        (kept / place).mkdir(parents=True)
    (kept / "refs" / "main").write_text(COMMIT)
    for file in plain.iterdir():
        blob = kept / "blobs" / hashlib.sha256(file.read_bytes()).hexdigest()
        file.rename(blob)
        (kept / "snapshots" / COMMIT / file.name).symlink_to(os.path.relpath(blob, kept / "snapshots" / COMMIT))
    return kept


def ask(home: Path, given: str, **environment: str) -> dict[str, str]:
    """Ask in a process of its own, for the package reads its settings when it is imported."""
    code = (
        "import json, sys\n"
        "from sattheory import checkpoints\n"
        "from sattheory.checkpoints.hub import resolve\n"
        "from sattheory.errors import InputError\n"
        "try:\n"
        "    folder = resolve(sys.argv[1])\n"
        "    model = checkpoints.read(folder)\n"
        "    found = {'folder': str(folder), 'numbers': model.vocabulary.encode('ab')}\n"
        "except InputError as error:\n"
        "    found = {'error': str(error)}\n"
        "print(json.dumps(found))\n"
    )
    settings = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HOME": str(home), "HF_HUB_DISABLE_TELEMETRY": "1", **environment}
    for name in ("HF_HUB_CACHE", "HF_ENDPOINT", "HF_TOKEN"):
        settings.pop(name, None) if name not in environment else None
    done = subprocess.run(
        [sys.executable, "-c", code, given], env=settings, capture_output=True, text=True, timeout=60, check=True
    )
    return json.loads(done.stdout)


UNREACHABLE = {"HF_ENDPOINT": "http://127.0.0.1:9"}
WAYS = {"offline": {"HF_HUB_OFFLINE": "1"}, "unreachable": UNREACHABLE}


@pytest.mark.skipif(not HAS_HUB, reason="huggingface_hub is not installed")
@pytest.mark.parametrize(
    ("way", "given"),
    [
        ("offline", "hf://somebody/tiny"),
        ("offline", f"hf://somebody/tiny@{COMMIT}"),
        ("unreachable", "hf://somebody/tiny@main"),
    ],
)
def test_a_model_that_is_kept_is_read_without_a_network(tmp_path: Path, way: str, given: str) -> None:
    kept = write_cache(tmp_path / "home", "somebody/tiny")
    found = ask(tmp_path / "home", given, **WAYS[way])
    assert found == {"folder": str(kept / "snapshots" / COMMIT), "numbers": [2, 4, 5, 3]}


@pytest.mark.skipif(not HAS_HUB, reason="huggingface_hub is not installed")
@pytest.mark.parametrize(
    ("way", "given"),
    [("offline", "hf://somebody/else"), ("offline", "hf://somebody/tiny@other"), ("unreachable", "hf://somebody/else")],
)
def test_a_model_that_is_not_kept_is_not_found_without_a_network(tmp_path: Path, way: str, given: str) -> None:
    write_cache(tmp_path / "home", "somebody/tiny")
    assert "is not kept here" in ask(tmp_path / "home", given, **WAYS[way])["error"]


def test_a_kept_model_is_read_from_its_links(tmp_path: Path) -> None:
    kept = write_cache(tmp_path / "home", "somebody/tiny")
    model = checkpoints.read(kept / "snapshots" / COMMIT)
    assert model.vocabulary.encode("ab") == [2, 4, 5, 3]


def test_importing_it_does_not_import_the_package() -> None:
    code = "import sys, sattheory.checkpoints.hub; sys.exit('huggingface_hub' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
