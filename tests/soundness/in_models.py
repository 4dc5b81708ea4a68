"""Errors in what real models need: parts of the forward pass, names, layouts, ties, what is refused, how twins are drawn."""

from __future__ import annotations

from tests.soundness.planted import Planted

READERS = "tests/checkpoints/test_readers.py"
FORWARD = ("tests/network/test_forward.py", "-k", "test_each_option")


def _read(what: str, file: str, old: str, new: str) -> Planted:
    return Planted(what, file, old, new, (READERS,))


PLANTED = (
    Planted(
        "distances: asked with the content bias",
        "network/layers.py",
        "shifted(ops, asked, relative.query_bias)",
        "shifted(ops, asked, learned.query.bias)",
        FORWARD,
    ),
    Planted(
        "distances: j − i in place of i − j",
        "network/positions.py",
        "[-real.sin(angles), real.cos(angles)]",
        "[real.sin(angles), real.cos(angles)]",
        FORWARD,
    ),
    Planted(
        "parallel: one block after the other",
        "network/layers.py",
        "norm(site, x, learned.feedforward_norm",
        "norm(site, y, learned.feedforward_norm",
        FORWARD,
    ),
    Planted(
        "RoPE: frequencies of the whole head",
        "network/positions.py",
        "real.rational(2 * pair, width)",
        "real.rational(2 * pair, k)",
        FORWARD,
    ),
    _read(
        "γ and β swapped",
        "checkpoints/architectures/architecture.py",
        'f".{LEAVES.get(leaf, leaf)}"',
        '"." + ({"gain": "bias", "bias": "weight"} if "norm" in block else LEAVES).get(leaf, leaf)',
    ),
    _read(
        "1/√k left out",
        "network/layers.py",
        "if site.configuration.scaled_scores:",
        "if False:",
    ),
    _read(
        "T5's scores divided by √k",
        "checkpoints/architectures/t5.py",
        "scaled_scores=False,",
        "scaled_scores=True,",
    ),
    _read(
        "names of layers one off",
        "checkpoints/architectures/architecture.py",
        "self.layer.format(number)",
        "self.layer.format(max(int(number) - 1, 0))",
    ),
    _read(
        "the last layer left out",
        "network/transformer.py",
        "enumerate(self.parameters.layers, 1)",
        "enumerate(self.parameters.layers[:-1], 1)",
    ),
    _read(
        "a multiplicative mask (GPT-2)",
        "checkpoints/architectures/gpt2.py",
        'mask="causal"',
        'mask="causal_multiplicative"',
    ),
    _read(
        "a multiplicative mask (GPT-NeoX)",
        "checkpoints/architectures/gpt_neox.py",
        'mask="causal"',
        'mask="causal_multiplicative"',
    ),
    _read(
        "a multiplicative mask (T5's decoder)",
        "checkpoints/architectures/t5.py",
        'mask="causal"',
        'mask="causal_multiplicative"',
    ),
    _read(
        "GPT-2's query taken for its key",
        "checkpoints/architectures/gpt2.py",
        '"attention.query": Stored("attn.c_attn", side_by_side(0, 3))',
        '"attention.query": Stored("attn.c_attn", side_by_side(1, 3))',
    ),
    _read(
        "GPT-2's square maps not transposed",
        "checkpoints/architectures/layouts.py",
        "lambda tensor, shape, _: tensor.T)",
        "lambda tensor, shape, _: tensor.reshape(shape))",
    ),
    _read(
        "GPT-NeoX's fused map cut in thirds, not by head",
        "checkpoints/architectures/layouts.py",
        "tensor.reshape(h, parts, shape[0] // h, *shape[1:])[:, part].reshape(shape)",
        "tensor.reshape(parts, *shape)[part]",
    ),
    _read(
        "XLNet's r_r_bias taken for r_w_bias",
        "checkpoints/architectures/xlnet.py",
        'Stored("rel_attn.r_w_bias", INTO)',
        'Stored("rel_attn.r_r_bias", INTO)',
    ),
    _read(
        "XLNet's maps into heads not transposed",
        "checkpoints/architectures/layouts.py",
        "tensor.reshape(*shape[1:], shape[0]).T)",
        "tensor.reshape(shape))",
    ),
    _read(
        "RoBERTa's positions begin with those of padding",
        "checkpoints/architectures/layouts.py",
        "tensor[len(tensor) - shape[0] :]",
        "tensor[: shape[0]]",
    ),
    _read(
        "T5's gate and inner map swapped",
        "checkpoints/architectures/t5.py",
        '{"inner": "wi_1", "gate": "wi_0"}',
        '{"inner": "wi_0", "gate": "wi_1"}',
    ),
    _read(
        "gated GELU taken for the one by erf",
        "checkpoints/architectures/t5.py",
        'return "gelu_tanh", True',
        'return "gelu", True',
    ),
    _read(
        "RoPE turns the whole head",
        "checkpoints/architectures/gpt_neox.py",
        "rotary_width=_turned(fields, width // heads)",
        "rotary_width=0",
    ),
    _read(
        "GPT-NeoX read one block after the other",
        "checkpoints/architectures/gpt_neox.py",
        'parallel=fields.flag("use_parallel_residual", True)',
        "parallel=False",
    ),
    _read(
        "tied tensors that differ",
        "checkpoints/architectures/weights.py",
        "        self._refuse_differing(ties)\n",
        "",
    ),
    _read(
        "surplus tensors",
        "checkpoints/architectures/weights.py",
        "if key not in expected and not aside.fullmatch(key):",
        "if False:",
    ),
    _read(
        "misshaped tensors",
        "checkpoints/architectures/weights.py",
        "if entry.shape != shape:",
        "if entry.shape[1:] != shape[1:]:",
    ),
    _read(
        "an unknown variant let by",
        "checkpoints/architectures/fields.py",
        "if type(found) is not type(needed) or found != needed:",
        "if type(found) is not type(needed):",
    ),
    _read(
        "heads that do not divide the width",
        "checkpoints/architectures/fields.py",
        "if width % heads:",
        "if False:",
    ),
    _read(
        "maps into the stream drawn as large as others",
        "checkpoints/architectures/gpt2.py",
        "deviation / math.sqrt(2 * kind.layers)",
        "deviation",
    ),
    _read(
        "T5's queries drawn as its keys",
        "checkpoints/architectures/t5.py",
        '"query.weight": d * kind.key_width',
        '"query.weight": d',
    ),
)
