"""Our forward pass beside the one of ``transformers``: all six architectures, small, shaken, in many variants.

Run with ``-m peers`` where torch and transformers are installed, and ``-s`` to see the figures.  Models are made by transformers,
every parameter is drawn anew (defaults hide mistakes: a bias of 0, a gain of 1, attention that is almost uniform), saved as it
saves them, and read as we read them.  The stream after every layer is compared, taken by hooks since transformers' own list ends
with the final norm.  The relative error of a position is ‖ours − theirs‖ / ‖theirs‖.

Transformers computes some things in float32 whatever the model is: T5's norm, GPT-NeoX's softmax, angles of RoPE and of XLNet's
distances.  `in_double` takes those casts away, so that in float64 all six can be compared to rounding.
"""

import os

os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

import dataclasses
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sattheory import checkpoints
from sattheory.arithmetic.floats import Floats
from sattheory.network import Transformer
from sattheory.network.positions import relative_buckets
from tests.checkpoints.golden import golden, read_golden
from tests.checkpoints.small_checkpoints import KINDS

pytestmark = [pytest.mark.peers, pytest.mark.filterwarnings("ignore")]  # what others deprecate is not ours to repair

TOLERANCE = 1e-5
EXACT = 1e-12
VOCABULARY = 37

BERT = {
    "vocab_size": VOCABULARY,
    "hidden_size": 24,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 20,
    "max_position_embeddings": 48,
}
GPT2 = {"vocab_size": VOCABULARY, "n_embd": 24, "n_layer": 3, "n_head": 4, "n_positions": 48}
NEOX = {**BERT, "num_attention_heads": 3}
T5 = {"vocab_size": VOCABULARY, "d_model": 24, "d_kv": 5, "d_ff": 20, "num_layers": 3, "num_heads": 4}
XLNET = {"vocab_size": VOCABULARY, "d_model": 24, "n_layer": 3, "n_head": 4, "d_inner": 20}
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "bert": ("BertModel", BERT),
    "bert-relu": ("BertForMaskedLM", {**BERT, "hidden_act": "relu", "layer_norm_eps": 1e-3, "type_vocab_size": 3}),
    "roberta": ("RobertaModel", BERT),
    "roberta-pad-3": ("RobertaForMaskedLM", {**BERT, "pad_token_id": 3, "type_vocab_size": 1, "hidden_act": "gelu_new"}),
    "gpt2": ("GPT2LMHeadModel", GPT2),
    "gpt2-inner": ("GPT2Model", {**GPT2, "n_inner": 20, "activation_function": "relu"}),
    "gpt2-unscaled": ("GPT2Model", {**GPT2, "scale_attn_weights": False, "activation_function": "gelu"}),
    "gpt2-upcast": ("GPT2Model", {**GPT2, "reorder_and_upcast_attn": True, "layer_norm_epsilon": 1e-2}),
    "gpt_neox": ("GPTNeoXForCausalLM", NEOX),
    "gpt_neox-whole": ("GPTNeoXModel", {**NEOX, "rotary_pct": 1.0}),
    "gpt_neox-serial": ("GPTNeoXModel", {**NEOX, "use_parallel_residual": False, "rotary_pct": 0.5, "hidden_act": "relu"}),
    "gpt_neox-serial-whole": ("GPTNeoXModel", {**NEOX, "use_parallel_residual": False, "rotary_pct": 1.0}),
    "gpt_neox-base": ("GPTNeoXModel", {**NEOX, "rotary_emb_base": 100, "attention_bias": False, "hidden_act": "gelu_fast"}),
    "gpt_neox-tied": ("GPTNeoXForCausalLM", {**NEOX, "tie_word_embeddings": True}),
    "t5": ("T5Model", T5),
    "t5-deeper": ("T5ForConditionalGeneration", {**T5, "num_decoder_layers": 2, "feed_forward_proj": "gelu"}),
    "t5-v1.1": ("T5ForConditionalGeneration", {**T5, "feed_forward_proj": "gated-gelu", "tie_word_embeddings": False}),
    "t5-silu": ("T5Model", {**T5, "feed_forward_proj": "gated-silu", "layer_norm_epsilon": 1e-2}),
    "t5-encoder": ("T5EncoderModel", {**T5, "relative_attention_num_buckets": 9, "relative_attention_max_distance": 11}),
    "xlnet": ("XLNetLMHeadModel", XLNET),
    "xlnet-relu": ("XLNetModel", {**XLNET, "ff_activation": "relu", "layer_norm_eps": 1e-3, "n_head": 1}),
}
HEADS = [name for name, (kind, _) in CASES.items() if kind in ("GPT2LMHeadModel", "GPTNeoXForCausalLM", "XLNetLMHeadModel")]
CAUSAL = ("gpt2", "gpt2-unscaled", "gpt_neox", "gpt_neox-serial-whole")
LENGTHS = (1, 8, 13)


def build(name: str, seed: int = 0) -> Any:
    """Make a model whose every parameter is drawn anew."""
    import torch
    import transformers

    torch.set_num_threads(1)
    torch.manual_seed(seed)
    transformers.utils.logging.disable_progress_bar()
    kind, options = CASES[name]
    cls = getattr(transformers, kind)
    model = cls(cls.config_class(**options, attn_implementation="eager")).to(torch.get_default_dtype()).eval()
    with torch.no_grad():
        for key, parameter in model.named_parameters():
            parameter.copy_(shaken(key, parameter))
    return model


def shaken(key: str, parameter: Any) -> Any:
    import torch

    noise = torch.randn_like(parameter)
    if "norm" in key.lower() or "ln_" in key:
        return 0.4 * noise + (1.0 if key.endswith("weight") else 0.0)
    if "embed" in key or "wte" in key or "wpe" in key or parameter.ndim == 1 or key.endswith("_bias"):
        return (1.0 if parameter.ndim > 1 else 0.3) * noise
    sharp = 0.6 if "Attention.q" in key else 1.0 if "Attention" in key or "Dense" in key else 1.6  # T5 does not divide by √k
    return noise * sharp / parameter.shape[-1] ** 0.5


@contextmanager
def in_double() -> Iterator[None]:
    """Let no cast to float32 stand: what asks for one gets float64."""
    import torch

    before = torch.float32, torch.float, torch.Tensor.float, torch.get_default_dtype()
    torch.float32 = torch.float = torch.float64
    torch.Tensor.float = torch.Tensor.double
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.float32, torch.float, torch.Tensor.float = before[:3]
        torch.set_default_dtype(before[3])


def blocks(model: Any) -> Any:
    """Find the list of layers of a stack."""
    for path in ("encoder.layer", "h", "layers", "block", "layer"):
        found = model
        for part in path.split("."):
            found = getattr(found, part, None)
        if found is not None:
            return found
    raise AssertionError(type(model))


@dataclasses.dataclass
class Streams:
    """The stream after the embedding and each layer, and the output."""

    layers: list[np.ndarray]
    output: np.ndarray


@contextmanager
def listening(stack: Any, seen: list[np.ndarray]) -> Iterator[None]:
    """Keep what goes into the first layer and comes out of each."""

    def plain(value: Any) -> np.ndarray:
        value = value[0] if isinstance(value, tuple) else value
        return (value.transpose(0, 1) if type(stack).__name__ == "XLNetModel" else value).detach().numpy()

    def first(_: Any, given: Any, named: Any) -> None:
        seen.append(plain(given[0] if given else named["hidden_states"]))

    layers = blocks(stack)
    handles = [layers[0].register_forward_pre_hook(first, with_kwargs=True)]
    handles += [layer.register_forward_hook(lambda _, __, out: seen.append(plain(out))) for layer in layers]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def theirs(model: Any, tokens: Any, lengths: Any = None, **more: Any) -> Streams:
    import torch

    stack, seen = model.base_model, []
    stack = stack.encoder if hasattr(stack, "shared") else stack
    tokens = torch.tensor(np.atleast_2d(tokens))
    mask = None if lengths is None else torch.tensor((np.arange(tokens.shape[1]) < np.asarray(lengths)[:, None]).astype(int))
    with torch.no_grad(), listening(stack, seen):
        out = stack(input_ids=tokens, attention_mask=mask, **more)
    return Streams(seen, out.last_hidden_state.numpy())


def ours(network: Transformer, tokens: Any, lengths: Any = None, dtype: Any = np.float32, **more: Any) -> Streams:
    ops, seen, sharpness = Floats(1.0, dtype), [], []

    def watch(place: Any, value: Any) -> None:
        if place.part == "stream":
            assert place.layer == len(seen)
            seen.append(ops.at_scales(value)[0])
        if place.part == "attention weights":
            sharpness.append(float(ops.at_scales(value)[0].max(-1).mean()))

    output = ops.at_scales(network.forward(ops, np.atleast_2d(tokens), lengths=lengths, watch=watch, **more))[0]
    n = np.shape(tokens)[-1]
    assert n < 5 or np.mean(sharpness) > 2.5 / n, "attention is too even to tell anything"
    return Streams(seen, output)


def errors(us: Streams, them: Streams, real: np.ndarray | None = None) -> list[float]:
    """Compute each layer's largest relative error over the positions that are text, and that of the output."""
    assert len(us.layers) == len(them.layers)
    pairs = [*zip(us.layers, them.layers, strict=True), (us.output, them.output)]
    shares = [np.linalg.norm(a - b, axis=-1) / np.linalg.norm(b, axis=-1) for a, b in pairs]
    return [float((share if real is None else share[real]).max()) for share in shares]


def show(title: str, figures: list[float]) -> None:
    print(f"\n{title:>32}: " + "  ".join(f"{figure:.1e}" for figure in figures), end="")


def some_tokens(n: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(5, VOCABULARY, n)  # no special number, so no padding in the text


@pytest.fixture(scope="module", params=CASES)
def case(request: Any, tmp_path_factory: Any) -> tuple[str, Any, checkpoints.Model]:
    model, folder = build(request.param), tmp_path_factory.mktemp("model")
    model.save_pretrained(folder)
    return request.param, model, checkpoints.read(folder)


@pytest.mark.parametrize("n", LENGTHS)
def test_every_layer_agrees(case: tuple[str, Any, checkpoints.Model], n: int) -> None:
    name, model, read = case
    tokens = some_tokens(n)
    figures = errors(ours(read.network, tokens), theirs(model, tokens))
    show(f"{name}, n = {n}", figures)
    assert len(figures) == 5
    assert max(figures) <= TOLERANCE


def test_a_padded_batch_agrees(case: tuple[str, Any, checkpoints.Model]) -> None:
    name, model, read = case
    lengths, padding = np.array([11, 3, 7, 1]), model.config.pad_token_id or 0
    real = np.arange(11) < lengths[:, None]
    tokens = np.where(real, some_tokens(44).reshape(4, 11), padding)
    figures = errors(ours(read.network, tokens, lengths), theirs(model, tokens, lengths), real)
    show(f"{name}, padded", figures)
    assert max(figures) <= TOLERANCE


@pytest.mark.parametrize("name", CASES)
def test_float64_agrees_to_rounding(name: str, tmp_path: Path) -> None:
    tokens = some_tokens(12)
    with in_double():
        model = build(name)
        them = theirs(model, tokens)
    model.save_pretrained(tmp_path)
    network = checkpoints.read(tmp_path).network
    assert network.parameters.tokens.dtype == np.float64
    figures = errors(ours(network, tokens, dtype=np.float64), them)
    show(f"{name}, float64", figures)
    assert max(figures) <= EXACT


@pytest.mark.parametrize("name", CAUSAL)
def test_the_future_changes_nothing_before_it(name: str, tmp_path: Path) -> None:
    model = build(name)
    model.save_pretrained(tmp_path)
    read, tokens = checkpoints.read(tmp_path), some_tokens(9)
    other = tokens.copy()
    other[6] = tokens[6] % 30 + 6
    for run in (lambda given: ours(read.network, given), lambda given: theirs(model, given)):
        before, after = run(tokens), run(other)
        for a, b in zip(before.layers, after.layers, strict=True):
            assert np.array_equal(a[:, :6], b[:, :6])
            assert not np.allclose(a[:, 6:], b[:, 6:])


def decoder_streams(model: Any, source: np.ndarray, target: np.ndarray, lengths: Any = None) -> Streams:
    """Run their decoder over an encoded source."""
    import torch

    mask = np.ones(source.shape, int) if lengths is None else (np.arange(source.shape[1]) < lengths[:, None]).astype(int)
    seen: list[np.ndarray] = []
    base = model.base_model
    with torch.no_grad(), listening(base.decoder, seen):
        memory = base.encoder(input_ids=torch.tensor(source), attention_mask=torch.tensor(mask)).last_hidden_state
        out = base.decoder(
            input_ids=torch.tensor(target),
            encoder_hidden_states=memory,
            encoder_attention_mask=torch.tensor(mask),
            use_cache=False,
        )
    return Streams(seen, out.last_hidden_state.numpy())


def pair_streams(read: checkpoints.Model, source: Any, target: Any, lengths: Any = None, dtype: Any = np.float32) -> Streams:
    """Run our decoder over an encoded source."""
    ops, seen = Floats(1.0, dtype), []

    def watch(place: Any, value: Any) -> None:
        if place.part == "stream":
            seen.append(ops.at_scales(value)[0])

    output = read.pair.forward(ops, source, target, source_lengths=lengths, watch=watch)
    return Streams(seen, ops.at_scales(output)[0])


@pytest.mark.parametrize("name", ["t5", "t5-deeper", "t5-v1.1", "t5-silu"])
def test_an_encoder_and_its_decoder_agree(name: str, tmp_path: Path) -> None:
    model = build(name)
    model.save_pretrained(tmp_path)
    read = checkpoints.read(tmp_path)
    assert read.decoder is not None
    source, target, lengths = some_tokens(33).reshape(3, 11), some_tokens(21, 2).reshape(3, 7), np.array([11, 2, 6])
    figures = errors(pair_streams(read, source, target), decoder_streams(model, source, target))
    short = np.where(np.arange(11) < lengths[:, None], source, 0)
    padded = errors(pair_streams(read, short, target, lengths), decoder_streams(model, short, target, lengths))
    show(f"{name}, decoder", figures)
    show(f"{name}, padded source", padded)
    assert max(figures + padded) <= TOLERANCE


def test_an_encoder_and_its_decoder_agree_in_float64(tmp_path: Path) -> None:
    with in_double():
        model = build("t5-v1.1")
    model.save_pretrained(tmp_path)
    source, target = some_tokens(11)[None], some_tokens(7, 2)[None]
    with in_double():
        them = decoder_streams(model, source, target)
    figures = errors(pair_streams(checkpoints.read(tmp_path), source, target, dtype=np.float64), them)
    show("t5-v1.1, decoder, float64", figures)
    assert max(figures) <= EXACT


def test_the_whole_t5_gives_the_same(tmp_path: Path) -> None:
    import torch

    model = build("t5")
    model.save_pretrained(tmp_path)
    source, target = some_tokens(11)[None], some_tokens(7, 2)[None]
    with torch.no_grad():
        out = model(input_ids=torch.tensor(source), decoder_input_ids=torch.tensor(target)).last_hidden_state.numpy()
    found = Floats(1.0, np.float32).at_scales(checkpoints.read(tmp_path).pair.forward(Floats(1.0, np.float32), source, target))[0]
    assert (np.linalg.norm(found - out, axis=-1) / np.linalg.norm(out, axis=-1)).max() <= TOLERANCE


@pytest.mark.parametrize("name", ["t5", "t5-v1.1"])
def test_distances_beyond_the_furthest_agree(name: str, tmp_path: Path) -> None:
    model = build(name)
    model.save_pretrained(tmp_path)
    read, tokens = checkpoints.read(tmp_path), some_tokens(300)
    figures = errors(ours(read.network, tokens), theirs(model, tokens))
    source, target = tokens[None, :9], tokens[None]
    figures += errors(pair_streams(read, source, target), decoder_streams(model, source, target))
    show(f"{name}, n = 300", figures)
    assert max(figures) <= TOLERANCE


def their_buckets(distances: np.ndarray, buckets: int, furthest: int, causal: bool) -> np.ndarray:
    import torch
    from transformers.models.t5.modeling_t5 import T5Attention

    return T5Attention._relative_position_bucket(torch.tensor(distances), not causal, buckets, furthest).numpy()


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize(("buckets", "furthest"), [(32, 128), (32, 256), (64, 128), (9, 11), (16, 1000)])
def test_buckets_agree_at_every_distance(buckets: int, furthest: int, causal: bool) -> None:
    distances = np.arange(-2000, 2001)
    found = relative_buckets(2001, 2001, buckets, furthest, causal)
    row = np.concatenate([found[2000], found[0, 1:]])  # key − query from −2000 to 0, then from 1 to 2000
    differing = distances[row != their_buckets(distances, buckets, furthest, causal)]
    show(f"buckets {buckets}, {furthest}, differing", [float(d) for d in differing])
    assert not differing.size


@pytest.mark.parametrize("name", HEADS)
def test_logits_agree(name: str, tmp_path: Path) -> None:
    import torch

    model = build(name)
    model.save_pretrained(tmp_path)
    tokens = some_tokens(10)[None]
    network = checkpoints.read(tmp_path, head=True).network
    assert network.configuration.classes == VOCABULARY
    with torch.no_grad():
        logits = model(input_ids=torch.tensor(tokens)).logits.numpy()
    figure = float((np.linalg.norm(ours(network, tokens).output - logits, axis=-1) / np.linalg.norm(logits, axis=-1)).max())
    show(f"{name}, logits", [figure])
    assert figure <= TOLERANCE


def halved(kind: str) -> Callable[[Any], Any]:
    import torch

    return lambda model: model.to(getattr(torch, kind))


@pytest.mark.parametrize("kind", ["float16", "bfloat16"])
@pytest.mark.parametrize("name", ["bert", "gpt2", "gpt_neox", "t5", "xlnet"])
def test_half_precision_files_agree(name: str, kind: str, tmp_path: Path) -> None:
    model = halved(kind)(build(name))
    model.save_pretrained(tmp_path)
    read, tokens = checkpoints.read(tmp_path), some_tokens(10)
    assert read.network.parameters.tokens.dtype == np.float32
    figures = errors(ours(read.network, tokens), theirs(halved("float32")(model), tokens))
    show(f"{name}, {kind}", figures)
    assert max(figures) <= TOLERANCE


@pytest.mark.parametrize("name", ["roberta", "gpt2", "t5", "xlnet"])
def test_sharded_files_agree(name: str, tmp_path: Path) -> None:
    build(name).save_pretrained(tmp_path / "whole")
    build(name).save_pretrained(tmp_path / "parts", max_shard_size="8KB")
    index = json.loads((tmp_path / "parts/model.safetensors.index.json").read_text(encoding="utf-8"))
    assert len(set(index["weight_map"].values())) > 1
    whole, parts = checkpoints.read(tmp_path / "whole"), checkpoints.read(tmp_path / "parts")
    for (key, a), (_, b) in zip(whole.network.parameters.named(), parts.network.parameters.named(), strict=True):
        assert np.array_equal(a, b), key
    figures = errors(ours(parts.network, some_tokens(9)), theirs(build(name), some_tokens(9)))
    assert max(figures) <= TOLERANCE


@pytest.mark.parametrize("kind", KINDS)
def test_the_kept_numbers_are_what_transformers_computes(kind: str) -> None:
    kept, found = read_golden()[kind], golden(kind)
    assert kept.keys() == found.keys()
    pairs = [(kept, found), *[(kept[part], found[part]) for part in kept.keys() & {"decoder"}]]
    for before, now in pairs:
        for part in ("streams", "output"):
            assert np.allclose(before[part], now[part], rtol=1e-10, atol=1e-10)


WIDE = {"vocab_size": 300, "hidden_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
INITIAL: dict[str, tuple[str, dict[str, Any]]] = {
    "bert": ("BertModel", {**WIDE, "initializer_range": 0.3}),
    "roberta": ("RobertaModel", WIDE),
    "gpt2": ("GPT2LMHeadModel", {"vocab_size": 300, "n_embd": 48, "n_layer": 2, "n_head": 4, "n_positions": 64}),
    "gpt_neox": ("GPTNeoXModel", {**WIDE, "num_attention_heads": 3, "initializer_range": 0.1}),
    "t5": ("T5Model", {**T5, "vocab_size": 300, "d_model": 48, "d_kv": 10, "initializer_factor": 0.7}),
    "t5-v1.1": ("T5Model", {**T5, "vocab_size": 300, "d_model": 48, "d_kv": 10, "feed_forward_proj": "gated-gelu"}),
    "xlnet": ("XLNetLMHeadModel", {"vocab_size": 300, "d_model": 48, "n_layer": 2, "n_head": 4, "d_inner": 64}),
}


@pytest.mark.parametrize("name", INITIAL)
def test_a_twin_is_drawn_as_transformers_draws(name: str, tmp_path: Path) -> None:
    """Standard deviations of every array agree within 5 standard errors of each, 1/√(2N) relative."""
    import torch
    import transformers

    torch.manual_seed(3)
    kind, options = INITIAL[name]
    cls = getattr(transformers, kind)
    cls(cls.config_class(**options)).save_pretrained(tmp_path)
    read = checkpoints.read(tmp_path, head=name in ("gpt2", "xlnet"))
    twin = read.twin(5)
    assert twin.configuration == read.network.configuration
    for (key, drawn), (_, given) in zip(twin.parameters.named(), read.network.parameters.named(), strict=True):
        assert drawn.dtype == given.dtype == np.float32
        a, b = (np.sqrt(np.mean(np.square(array, dtype=float))) for array in (drawn, given))
        assert abs(a - b) <= 5 * np.hypot(a, b) / np.sqrt(2 * drawn.size), key
        assert abs(drawn.mean() - given.mean()) <= 5 * np.hypot(drawn.std(), given.std()) / np.sqrt(drawn.size) + 1e-7, key
        rows = [np.flatnonzero(~array.any(-1)).tolist() for array in (drawn, given)]
        assert key == "positions" or rows[0] == rows[1], key


@pytest.mark.parametrize("name", ["xlnet", "xlnet-relu"])
def test_the_segment_of_a_single_segment_cancels(name: str, tmp_path: Path) -> None:
    """What is left aside, r_s_bias and seg_embed, is not zero here, and is used by theirs when told the segments."""
    import torch

    model, tokens = build(name), some_tokens(9)
    model.save_pretrained(tmp_path)
    with_segments = theirs(model, tokens, token_type_ids=torch.zeros((1, 9), dtype=torch.long))
    figures = errors(ours(checkpoints.read(tmp_path).network, tokens), with_segments)
    show(f"{name}, one segment", figures)
    assert max(figures) <= TOLERANCE
