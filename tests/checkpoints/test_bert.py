"""BERT is read by a table of names; what the table does not explain is refused in the file's own spelling."""

import json
from pathlib import Path

import numpy as np
import pytest

from sattheory import checkpoints
from sattheory.arithmetic.floats import Floats
from sattheory.errors import InputError
from tests.checkpoints.tiny_checkpoints import SHAPES, tiny_arrays, write_bert

QUERY = "encoder.layer.0.attention.self.query.weight"
BAD_CONFIG = [
    ({"model_type": "distilbert"}, "model_type='distilbert'"),
    ({"model_type": ["bert"]}, "model_type=['bert']"),
    ({"model_type": None}, "model_type=None"),
    ({"num_attention_heads": 3}, "the heads do not divide the hidden size"),
    ({"hidden_act": "mish"}, "hidden_act='mish'"),
    ({"hidden_act": ["gelu"]}, "hidden_act=['gelu']"),
    ({"hidden_act": None}, "hidden_act=None"),
    ({"position_embedding_type": "relative_key"}, "position_embedding_type='relative_key'"),
    ({"is_decoder": True}, "is_decoder=True"),
    ({"add_cross_attention": True}, "add_cross_attention=True"),
    ({"hidden_size": None}, "hidden_size=None"),
    ({"hidden_size": 4.0}, "hidden_size=4.0"),
    ({"num_hidden_layers": True}, "num_hidden_layers=True"),
    ({"num_hidden_layers": 10**9}, "num_hidden_layers=1000000000"),
    ({"num_attention_heads": 0}, "num_attention_heads=0"),
    ({"vocab_size": "6"}, "vocab_size='6'"),
    ({"vocab_size": 10**400}, "vocab_size=1000"),
    ({"layer_norm_eps": -1e-12}, "layer_norm_eps=-1e-12"),
    ({"layer_norm_eps": 10**400}, "layer_norm_eps=1000"),
    ({"layer_norm_eps": float("nan")}, "config.json"),
    ({"layer_norm_eps": "small"}, "layer_norm_eps='small'"),
    ({"layer_norm_eps": True}, "layer_norm_eps=True"),
]


@pytest.mark.parametrize(("change", "sentence"), BAD_CONFIG, ids=[sentence[:40] for _, sentence in BAD_CONFIG])
def test_a_config_that_is_no_berts_is_refused(tmp_path: Path, change: dict, sentence: str) -> None:
    with pytest.raises(InputError) as refusal:
        checkpoints.read(write_bert(tmp_path, **change))
    assert sentence in str(refusal.value)


@pytest.mark.parametrize(
    ("contents", "why"),
    [
        (None, "there is no such file"),
        (b"{", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[]", "no object"),
        (b'{"model_type":"bert","model_type":"gpt2"}', "'model_type' stands there twice"),
        (b" " * (2**24 + 1), "more than 16777216 bytes"),
    ],
)
def test_a_config_file_that_is_no_object_is_refused(tmp_path: Path, contents: bytes | None, why: str) -> None:
    path = write_bert(tmp_path) / "config.json"
    path.unlink() if contents is None else path.write_bytes(contents)
    with pytest.raises(InputError, match=why) as refusal:
        checkpoints.read(tmp_path)
    assert "config.json" in refusal.value.given


def test_a_folder_without_tensors_is_refused(tmp_path: Path) -> None:
    (write_bert(tmp_path) / "model.safetensors").unlink()
    with pytest.raises(InputError, match=r"holds no tensors.*model\.safetensors"):
        checkpoints.read(tmp_path)


def without(name: str) -> dict[str, np.ndarray]:
    return {key: value for key, value in tiny_arrays().items() if key != name}


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("prefix", ["", "bert."])
def test_each_missing_tensor_is_named(tmp_path: Path, name: str, prefix: str) -> None:
    arrays = {prefix + key: value for key, value in without(name).items()}
    with pytest.raises(InputError, match="does not have it") as refusal:
        checkpoints.read(write_bert(tmp_path, arrays))
    assert refusal.value.given == f"tensor {prefix + name!r}"


@pytest.mark.parametrize("name", SHAPES)
def test_each_misshaped_tensor_is_named(tmp_path: Path, name: str) -> None:
    arrays = tiny_arrays()
    arrays[name] = np.zeros((*SHAPES[name][:-1], SHAPES[name][-1] + 1), "<f4")
    with pytest.raises(InputError, match=r"config\.json asks for shape") as refusal:
        checkpoints.read(write_bert(tmp_path, arrays))
    assert repr(name) in refusal.value.given


@pytest.mark.parametrize(
    "name",
    [
        "encoder.layer.1.output.dense.bias",
        "encoder.layer.00.output.dense.bias",
        "classification.weight",
        "embeddings.position_ids_too",
        "bert.adapter.weight",
    ],
)
def test_a_surplus_tensor_is_named(tmp_path: Path, name: str) -> None:
    prefix = "bert." if name.startswith("bert.") else ""
    with pytest.raises(InputError, match="no BERT of 1 layers has it") as refusal:
        checkpoints.read(write_bert(tmp_path, {**tiny_arrays(prefix), name: np.zeros(4, "<f4")}))
    assert repr(name) in refusal.value.given


def test_two_tensors_for_one_place_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="claim the same place"):
        checkpoints.read(write_bert(tmp_path, {**tiny_arrays(), "bert." + QUERY: np.zeros((4, 4), "<f4")}))


def test_weights_that_are_no_floats_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="its type is I32"):
        checkpoints.read(write_bert(tmp_path, {**tiny_arrays(), QUERY: np.zeros((4, 4), "<i4")}))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_not_finite_are_refused(tmp_path: Path, value: float) -> None:
    arrays = tiny_arrays()
    arrays[QUERY][1, 2] = value
    with pytest.raises(InputError, match="not finite"):
        checkpoints.read(write_bert(tmp_path, arrays))


def test_every_array_lands_in_its_place(tmp_path: Path) -> None:
    arrays, theta = tiny_arrays(), checkpoints.read(write_bert(tmp_path)).network.parameters
    layer = theta.layers[0]
    inside = [
        (layer.attention.query, "attention.self.query"),
        (layer.attention.key, "attention.self.key"),
        (layer.attention.value, "attention.self.value"),
        (layer.attention.output, "attention.output.dense"),
        (layer.feedforward.inner, "intermediate.dense"),
        (layer.feedforward.outer, "output.dense"),
    ]
    norms = [
        (theta.embedding_norm, "embeddings.LayerNorm"),
        (layer.attention_norm, "encoder.layer.0.attention.output.LayerNorm"),
        (layer.feedforward_norm, "encoder.layer.0.output.LayerNorm"),
    ]
    pairs = [(theta.tokens, "embeddings.word_embeddings.weight")]
    pairs += [(theta.positions, "embeddings.position_embeddings.weight")]
    pairs += [(theta.segments, "embeddings.token_type_embeddings.weight")]
    pairs += [(map_.weight, f"encoder.layer.0.{name}.weight") for map_, name in inside]
    pairs += [(map_.bias, f"encoder.layer.0.{name}.bias") for map_, name in inside]
    pairs += [(norm.gain, f"{name}.weight") for norm, name in norms] + [(norm.bias, f"{name}.bias") for norm, name in norms]
    assert {name for _, name in pairs} == set(SHAPES)
    for array, name in pairs:
        assert array.dtype == np.float32
        assert np.array_equal(array, arrays[name]), name


def spelled(name: str) -> str:
    old = {"LayerNorm.weight": "LayerNorm.gamma", "LayerNorm.bias": "LayerNorm.beta"}
    return next((name.replace(new, before) for new, before in old.items() if new in name), name)


EXTRA = {"cls.predictions.bias": np.zeros(6, "<f4"), "embeddings.position_ids": np.arange(5, dtype="<i8")[None]}
SPELLINGS = {
    "prefix": tiny_arrays("bert."),
    "pooler and heads": {**tiny_arrays(), **EXTRA, "pooler.dense.weight": np.zeros((4, 4), "<f4")},
    "prefix, pooler and heads": {
        **tiny_arrays("bert."),
        "cls.x": np.zeros(6, "<f4"),
        "bert.pooler.dense.bias": np.zeros(4, "<f4"),
    },
    "gamma and beta": {spelled(name): array for name, array in tiny_arrays("bert.").items()},
    "float64": {name: array.astype("<f8") for name, array in tiny_arrays().items()},
}


@pytest.mark.parametrize("arrays", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_other_spellings_give_the_same_network(tmp_path: Path, arrays: dict) -> None:
    plain = checkpoints.read(write_bert(tmp_path / "plain")).network
    other = checkpoints.read(write_bert(tmp_path / "other", arrays)).network
    assert other.configuration == plain.configuration
    for (name, left), (_, right) in zip(plain.parameters.named(), other.parameters.named(), strict=True):
        assert np.array_equal(left, right), name


def test_bf16_weights_become_float32(tmp_path: Path) -> None:
    halves = {name: (array.view("<u4") >> 16).astype("<u2") for name, array in tiny_arrays().items()}
    theta = checkpoints.read(write_bert(tmp_path, halves)).network.parameters
    expected = (tiny_arrays()[QUERY].view("<u4") & 0xFFFF0000).view("<f4")
    assert np.array_equal(theta.layers[0].attention.query.weight, expected)


@pytest.mark.parametrize(
    ("stored", "ours"), [("gelu", "gelu"), ("gelu_new", "gelu_tanh"), ("gelu_pytorch_tanh", "gelu_tanh"), ("relu", "relu")]
)
def test_activations_are_translated(tmp_path: Path, stored: str, ours: str) -> None:
    assert checkpoints.read(write_bert(tmp_path, hidden_act=stored)).network.configuration.activation == ours


def test_what_an_old_config_leaves_out_has_its_default(tmp_path: Path) -> None:
    folder = write_bert(tmp_path, layer_norm_eps=None, position_embedding_type=None)
    assert checkpoints.read(folder).network.configuration.epsilon == 1e-12


def test_epsilon_is_taken_from_the_config(tmp_path: Path) -> None:
    assert checkpoints.read(write_bert(tmp_path, layer_norm_eps=0.25)).network.configuration.epsilon == 0.25


def test_a_tiny_bert_runs(tmp_path: Path) -> None:
    model = checkpoints.read(write_bert(tmp_path / "tiny"))
    numbers = model.vocabulary.encode("ab a")
    assert numbers == [2, 4, 5, 4, 3]
    assert model.network.forward(Floats(1.0, np.float32), numbers).shape == (5, 4)
    assert model.name == "tiny"


def test_a_vocabulary_larger_than_the_embedding_is_refused(tmp_path: Path) -> None:
    path = write_bert(tmp_path) / "vocab.txt"
    path.write_text(path.read_text(encoding="utf-8") + "c\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"vocabulary of 7 tokens.*embeds 6"):
        checkpoints.read(tmp_path)


def test_the_config_decides_not_the_folder(tmp_path: Path) -> None:
    config = json.loads((write_bert(tmp_path) / "config.json").read_text(encoding="utf-8"))
    (tmp_path / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 2}), encoding="utf-8")
    with pytest.raises(InputError, match=r"encoder\.layer\.1"):
        checkpoints.read(tmp_path)
