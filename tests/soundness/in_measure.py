"""Errors in what is measured on a model: cosines by layer, sentences, twins, heads and their labels."""

from __future__ import annotations

from tests.soundness.planted import Planted

COSINES = ("tests/measure/test_cosines.py",)
HEADS = ("tests/measure/test_heads.py",)
LABELS = ("tests/measure/test_labels.py",)
MEASUREMENT = ("tests/measure/test_measurement.py",)
SENTENCES = ("tests/measure/test_sentences.py",)
MEASURE_COMMAND = ("tests/measure/test_measure_command.py",)

PLANTED = (
    Planted("a mean over padding too", "measure/cosines.py", "row[text].mean() for row", "row.mean() for row", COSINES),
    Planted(
        "c = 1 read at c = 1000",
        "measure/cosines.py",
        "kept.streams[0].append(value.data[0])",
        "kept.streams[0].append(value.data[-1])",
        COSINES,
    ),
    Planted(
        "layers one off", "measure/cosines.py", "streams = list(found.streams)", "streams = list(found.streams[1:])", COSINES
    ),
    Planted(
        "the stand-in held against itself",
        "measure/cosines.py",
        'wanted = thousand if quantity.reference == "c=1000"',
        'wanted = thousand if quantity.of == "c=1000" or quantity.reference == "c=1000"',
        COSINES,
    ),
    Planted(
        "weights of c = 1 taken for the paper's",
        "measure/cosines.py",
        "kept.weights[place.layer] = value.data[-1].copy()",
        "kept.weights[place.layer] = value.data[0].copy()",
        COSINES,
    ),
    Planted(
        "positions compared by the common symbol",
        "asymptotics/directions.py",
        "alive.argmax(axis=0)[None",
        "0 * alive.argmax(axis=0)[None",
        COSINES,
    ),
    Planted(
        "no row for the final norm",
        "measure/cosines.py",
        "return network.configuration.final_norm and",
        "return False and",
        COSINES,
    ),
    Planted("the twin shown the model's numbers", "measure/measuring.py", "done[k * count + i]", "done[i]", MEASUREMENT),
    Planted(
        "sentences in the order of their length",
        "measure/measuring.py",
        "done = dict(zip(order, results, strict=True))",
        "done = dict(enumerate(results))",
        MEASUREMENT,
    ),
    Planted(
        "the seed of the twin forgotten", "measure/measuring.py", "{TWIN: model.twin(seed)}", "{TWIN: model.twin(0)}", MEASUREMENT
    ),
    Planted(
        "a standard deviation for a standard error",
        "measure/measurement.py",
        "c.std(ddof=1) / np.sqrt(c.size)",
        "c.std(ddof=1)",
        MEASUREMENT,
    ),
    Planted(
        "quantiles of 1 − cosine", "measure/measurement.py", "np.quantile(1 - c, levels)", "np.quantile(c, levels)", MEASUREMENT
    ),
    Planted(
        "columns over different sentences",
        "measure/measurement.py",
        "np.isfinite(column) & np.isfinite(limit)",
        "np.isfinite(column)",
        MEASUREMENT,
    ),
    Planted(
        "a sentence cut without its end",
        "measure/sentences.py",
        "tokens[: longest - after] +",
        "tokens[: longest - len(frame)] +",
        SENTENCES,
    ),
    Planted(
        "special tokens counted as words",
        "measure/sentences.py",
        "if len(tokens) - len(frame) >= choice.shortest",
        "if len(tokens) >= choice.shortest",
        SENTENCES,
    ),
    Planted(
        "nothing decided and all is well",
        "cli/measure.py",
        'if undecided["sentences"] == undecided["of"]:',
        'if undecided["sentences"] > undecided["of"]:',
        MEASURE_COMMAND,
    ),
    Planted(
        "columns of the table reversed",
        "terminal/measurements.py",
        "return [means[0], error, *means[1:],",
        "return [means[0], error, *means[:0:-1],",
        MEASURE_COMMAND,
    ),
    Planted(
        "previous and next swapped",
        "measure/labels.py",
        '{"previous": -1, "next": 1, "self": 0}',
        '{"previous": 1, "next": -1, "self": 0}',
        LABELS,
    ),
    Planted(
        "queries taken for independent",
        "measure/heads.py",
        "return min(share * (1 - share) / variance, float(seen))",
        "return float(seen)",
        HEADS,
    ),
    Planted(
        "padding counted by heads",
        "measure/heads.py",
        "cut = (*row, slice(None), slice(n), slice(n))",
        "cut = (*row, slice(None), slice(None), slice(None))",
        HEADS,
    ),
    Planted(
        "the first position taken for a separator", "measure/heads.py", "& (np.arange(n) > 0)", "& (np.arange(n) >= 0)", HEADS
    ),
    Planted(
        "a count with another threshold",
        "measure/heads.py",
        "PAPER_SCALE, PAPER_THRESHOLD = 1000.0, 1e-5",
        "PAPER_SCALE, PAPER_THRESHOLD = 1000.0, 1e-3",
        HEADS,
    ),
    Planted(
        "a multiplicative mask in place of a causal one",
        "network/transformer.py",
        'if kind.mask == "causal":',
        'if kind.mask == "causal" and False:',
        HEADS,
    ),
    Planted(
        "queries without a choice",
        "measure/heads.py",
        "choice, single, even = seen > 1,",
        "choice, single, even = seen > 0,",
        HEADS,
    ),
    Planted("soft taken for even", "asymptotics/ties.py", "most - least <= EVEN * most", "most - least <= 0.5 * most", HEADS),
    Planted(
        "the end read from the start",
        "measure/heads.py",
        "getattr(counts.starts, name)[number][..., ::-1]",
        "getattr(counts.starts, name)[number]",
        HEADS,
    ),
    Planted(
        "offsets turned round",
        "measure/heads.py",
        "np.arange(n) - np.arange(n)[:, None] + n - 1",
        "np.arange(n)[:, None] - np.arange(n) + n - 1",
        HEADS,
    ),
    Planted("offsets padded on one side", "measure/heads.py", "missing // 2 if centred else 0", "0", HEADS),
    Planted(
        "tolerance taken for exact", "measure/heads.py", "decision.assumed[query])", "False & decision.assumed[query])", HEADS
    ),
    Planted("a mean over some only", "measure/heads.py", "choice & (count == seen)", "choice", HEADS),
    Planted(
        "labels above their threshold only",
        "measure/labels.py",
        "share.value >= getattr(thresholds, name)]",
        "share.value > getattr(thresholds, name)]",
        LABELS,
    ),
    Planted("a place by chance", "measure/labels.py", " and share.low > share.chance", "", LABELS),
    Planted(
        "the mark of tolerance forgotten",
        "measure/labels.py",
        "assumed=kind in kinds and _kind(exact, thresholds) != kind",
        "assumed=False",
        LABELS,
    ),
    Planted(
        "the map of heads transposed",
        "figures/f3.py",
        "Rectangle((head.head - 0.5, head.layer - 0.5)",
        "Rectangle((head.layer - 0.5, head.head - 0.5)",
        ("tests/figures/test_heads_map.py",),
    ),
    Planted(
        "undecided heads drawn at 1",
        "figures/f3.py",
        "[head.attended for head in heads if math.isfinite(head.attended)]",
        "[head.attended if math.isfinite(head.attended) else 1.0 for head in heads]",
        ("tests/figures/test_heads_map.py",),
    ),
)
