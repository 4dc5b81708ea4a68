"""Many sentences: how means are taken, that they do not depend on who computed them, and what is done with them."""

import csv
import io
import json
import statistics

import numpy as np
import pytest

import sattheory as st
from sattheory.checkpoints import read
from sattheory.figures.files import render
from sattheory.measure import Choice, Sentence, measure
from sattheory.measure.cosines import QUANTITIES, cosines
from sattheory.measure.labels import Thresholds
from sattheory.measure.measurement import Measured
from sattheory.measure.networks import InFolder
from sattheory.measure.observation import Settings, Task, observe_sentence
from sattheory.measure.tables import FILES, as_csv, layer_rows, sentence_rows, write_csv
from tests.checkpoints.small_checkpoints import small_arrays, write_small
from tests.measure.test_cosines import near_tie

SENTENCES = [[0, 3, 1], [5, 2, 2, 7, 4, 4, 1], [6], [9, 8]]
USUAL = [name for name in QUANTITIES if name != "hard"]


def random(seed=0, **choices):
    return st.Transformer.random(seed=seed, **{"layers": 2, "heads": 2, "placement": "post", "biases": True, **choices})


@pytest.fixture(scope="module")
def found():
    return measure(random(), SENTENCES, twin=random(seed=1))


@pytest.fixture
def folder(tmp_path):
    """A small BERT of two layers whose vocabulary is its numbers."""
    place = write_small(tmp_path / "small", "bert")
    (place / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "b", "c"]) + "\n")
    return place


def bits(measured):
    heads = measured.heads
    plain = [heads.attended, heads.support, heads.outcomes, heads.paper, heads.offsets.mass, heads.starts.chance]
    return [array.tobytes() for array in (*measured.gaps.values(), *plain)]


def test_each_sentence_counts_the_same_and_keeps_its_place(found):
    for which, network in (("trained", random()), ("twin", random(seed=1))):
        alone = [cosines(network, sentence).gaps for sentence in SENTENCES]
        for name in USUAL:
            rows = np.stack([gaps[name][0] for gaps in alone])
            measured = found.networks[which]
            assert np.array_equal(measured.gaps[name], rows)
            assert measured.gap(name) == pytest.approx(rows.mean(axis=0), abs=1e-15)
            assert measured.mean(name) == pytest.approx(1 - rows.mean(axis=0), abs=1e-15)
            error = [statistics.stdev(column) / 2 for column in rows.T.tolist()]
            assert measured.standard_error(name) == pytest.approx(error, rel=1e-9)
    weighted = np.average(found.trained.gaps["limit"], axis=0, weights=[len(s) for s in SENTENCES])
    assert abs(weighted - found.trained.gap("limit"))[1:].min() > 1e-3


def test_heads_are_those_of_all_sentences(found):
    heads = found.heads()
    assert [(head.layer, head.head) for head in heads] == [(1, 0), (1, 1), (2, 0), (2, 1)]
    assert {head.queries for head in heads} == {3 + 7 + 2}
    assert found.heads("twin") != heads
    narrow = measure(random(), SENTENCES, twin=False, thresholds=Thresholds(queries=13))
    assert {head.kind for head in narrow.heads()} == {"too few"}


def test_processes_change_no_bit(folder):
    model = read(folder)
    one, two = (measure(model, ["a b c", "c c a b a", "a", "b a"], jobs=jobs, seed=3) for jobs in (1, 2))
    assert one.networks.keys() == two.networks.keys() == {"trained", "twin"}
    for which in one.networks:
        assert bits(one.networks[which]) == bits(two.networks[which])
    assert repr(one.to_dict()) == repr(two.to_dict())


def test_a_network_in_memory_goes_to_processes_too():
    one, two = (measure(random(), SENTENCES, twin=False, jobs=jobs) for jobs in (1, 2))
    assert bits(one.trained) == bits(two.trained)


def test_the_seed_chooses_the_twin(folder):
    model = read(folder)
    first, again, other = (measure(model, ["a b c"], seed=seed) for seed in (0, 0, 1))
    assert bits(first.twin) == bits(again.twin)
    assert bits(first.twin) != bits(other.twin)
    assert bits(first.trained) == bits(other.trained)
    wanted = cosines(model.twin(0), model.vocabulary.encode("a b c")).gaps["limit"]
    assert np.array_equal(first.twin.gaps["limit"], wanted)


def test_a_worker_reads_a_model_once_and_again_when_it_changed(folder):
    before = InFolder.of(folder)
    assert before.network("trained") is InFolder.of(folder).network("trained")
    arrays = small_arrays("bert")
    write_small(folder, "bert", {**arrays, "embeddings.word_embeddings.weight": 2 * arrays["embeddings.word_embeddings.weight"]})
    after = InFolder.of(folder)
    assert after != before
    assert not np.array_equal(after.network("trained").parameters.tokens, read_tokens(arrays))


def read_tokens(arrays):
    return arrays["embeddings.word_embeddings.weight"]


def test_texts_are_cut_where_the_network_ends(folder):
    found = measure(read(folder), ["a b c a b c a b c a b c", "a"], twin=False)
    assert [len(sentence.tokens) for sentence in found.sentences] == [9, 3]
    assert found.sentences[0].tokens[-1] == 3
    assert found.to_dict()["sentences"] == {"count": 2, "tokens": 12, "shortest": 3, "longest": 9, "cut": 1}
    chosen = measure(read(folder), ["a b c a b c", "a"], twin=False, choice=Choice(shortest=2, longest=4))
    assert [sentence.tokens for sentence in chosen.sentences] == [(2, 4, 5, 3)]


def test_one_sentence_has_no_standard_error():
    found = measure(random(), [[1, 2]], twin=False)
    assert found.twin is None
    assert np.isnan(found.trained.standard_error("limit")).all()
    assert found.trained.count("limit").tolist() == [1, 1, 1]
    assert "twin" not in found.to_dict()["heads"]
    assert render(found.plot_cosines(), "png")


def test_undecided_sentences_are_counted_and_left_out():
    found = measure(near_tie(), [[0, 1], [0], [1, 0], [1]], twin=False)
    limit = found.trained.gaps["limit"]
    assert np.isnan(limit[:, 1]).tolist() == [True, False, True, False]
    assert found.trained.count("limit").tolist() == [4, 2]
    assert found.trained.mean("limit")[1] == pytest.approx(1 - limit[[1, 3], 1].mean())
    # Every column is a mean over the same sentences: those whose limit is decided.
    assert found.trained.count("c1000_float32").tolist() == [4, 2]
    stand_in = found.trained.gaps["c1000_float32"]
    assert np.isfinite(stand_in).all()
    assert found.trained.mean("c1000_float32")[1] == pytest.approx(1 - stand_in[[1, 3], 1].mean())
    shown = found.to_dict()
    assert (shown["undecided"]["trained"]["sentences"], shown["undecided"]["trained"]["of"]) == (2, 4)
    assert sum(shown["undecided"]["trained"]["reasons"].values()) == 2
    assert all(reason.startswith("layer 1, attention weights") for reason in shown["undecided"]["trained"]["reasons"])


def test_all_undecided_is_no_number_and_no_warning():
    found = measure(near_tie(), [[0, 1], [1, 0]], twin=False)
    assert np.isnan(found.trained.mean("limit")).tolist() == [False, True]
    assert np.isnan(found.trained.quantiles("limit")[:, 1]).all()
    assert render(found.plot_cosines(), "svg")
    assert render(found.plot_heads(), "svg")
    assert "–" in found._repr_html_()
    assert {head.kind for head in found.heads()} <= {"undecided", "too few"}


def test_quantiles_are_of_cosines():
    gaps = np.array([[0.0], [0.1], [0.2], [0.3], [1.0]])
    measured = Measured({"limit": gaps}, heads=None)
    assert measured.quantiles("limit", (0.0, 0.5, 1.0))[:, 0] == pytest.approx([0, 0.8, 1])


def test_longest_sentences_first_and_all_are_reported():
    seen = []

    def progress(results, total):
        assert total == 8
        for result in results:
            seen.append(result.heads.support.shape[-1] - 1)
            yield result

    measure(random(), SENTENCES, twin=random(seed=1), progress=progress)
    assert seen == [7, 7, 3, 3, 2, 2, 1, 1]


def test_plain_values(found):
    shown = json.loads(json.dumps(found.to_dict()))
    assert shown["model"] == "network"
    assert [row["layer"] for row in shown["layers"]] == [0, 1, 2]
    assert set(shown["layers"][1]) == {"layer", "name", "trained", "twin"}
    assert shown["layers"][2]["twin"]["limit"]["cosine"] == found.twin.mean("limit")[2]
    assert set(shown["quantities"]) == set(USUAL)
    assert len(shown["heads"]["trained"]) == 4
    assert shown["settings"]["seed"] is None
    assert "Measurement('network', sentences=4, layers=2, cosine at the last: trained" in repr(found)
    page = found._repr_html_()
    assert page.count("<tr>") == 4
    assert f"{found.trained.mean('limit')[1]:.4f}" in page


def test_csv_is_what_was_measured(found, tmp_path):
    written = write_csv(found, tmp_path / "new" / "folder")
    assert [path.name for path in written] == list(FILES)
    layers, heads, sentences = ([*csv.DictReader(io.StringIO(path.read_text("utf-8")))] for path in written)
    assert len(layers) == 2 * len(USUAL) * 3
    row = next(r for r in layers if (r["layer"], r["network"], r["quantity"]) == ("2", "twin", "layerwise"))
    assert float(row["cosine"]) == found.twin.mean("layerwise")[2]
    assert row["n"] == "4"
    assert [r["network"] for r in heads] == ["trained"] * 4 + ["twin"] * 4
    assert len(sentences) == 4 * len(layers)
    row = sentences[-1]
    assert (row["sentence"], row["tokens"], row["network"], row["layer"]) == ("4", "2", "twin", "2")
    assert float(row["one_minus_cosine"]) == found.twin.gaps["stand_in_float64"][3, 2]


def test_numbers_that_do_not_exist_are_empty_cells():
    alone = measure(near_tie(), [[0, 1]], twin=False)
    (row,) = [r for r in csv.DictReader(io.StringIO(as_csv(layer_rows(alone)))) if (r["layer"], r["quantity"]) == ("1", "limit")]
    assert (row["cosine"], row["standard_error"], row["n"]) == ("", "", "0")
    assert len(list(sentence_rows(alone))) == 2 * len(USUAL)


def test_the_figure_shows_the_numbers(found):
    figure = found.plot_cosines()
    upper, lower = figure.axes[:2], figure.axes[2:]
    assert [axes.get_title("left") for axes in upper] == ["network", "random twin"]
    for axes, which in zip(upper, found.networks, strict=True):
        lines = {line.get_label(): line.get_ydata() for line in axes.get_lines()}
        assert np.array_equal(lines["true limit"], found.networks[which].mean("limit"))
        assert np.array_equal(lines["c = 1000, float32"], found.networks[which].mean("c1000_float32"))
        assert np.array_equal(lines["layer by layer"], found.networks[which].mean("layerwise"))
    gap = found.trained.gap("stand_in_float64")
    shown = [line.get_ydata() for line in lower[0].get_lines()]
    assert any(np.array_equal(y[1:], gap[1:]) for y in shown)
    assert gap[0] <= 1e-16, "the embedding, which is its own limit"
    assert [line.get_xdata().tolist() for line in lower[0].get_lines() if line.get_marker() == "v"] == [[], [0]]
    assert render(found.plot_cosines(), "svg") == render(figure, "svg")


def test_hard_substitution_on_request():
    example = st.EXAMPLES["tie-post"]
    found = measure(example.network, [example.tokens], twin=False, hard=True)
    assert tuple(found.trained.gaps) == tuple(QUANTITIES)
    assert "hard substitution" in {line.get_label() for line in found.plot_cosines().axes[0].get_lines()}
    assert found.to_dict()["settings"]["hard"] is True


def test_special_tokens_reach_the_heads(folder):
    class Here:
        def network(self, which):
            return read(folder).network

    tokens = (2, 4, 5, 3)
    with_names = observe_sentence(Here(), Settings(special={"cls": 2, "sep": 3}), Task("trained", tokens)).heads
    without = observe_sentence(Here(), Settings(), Task("trained", tokens)).heads
    assert with_names.separators.seen.sum() > 0
    assert without.separators.seen.sum() == 0
    through = measure(read(folder), ["a b"], twin=False).trained.heads
    assert np.array_equal(through.separators.mass, with_names.separators.mass)


def refusal(*arguments, **options):
    with pytest.raises(st.InputError) as caught:
        measure(*arguments, **options)
    return str(caught.value)


def test_what_cannot_be_measured(folder):
    assert "several are expected" in refusal(random(), "a sentence", twin=False)
    assert "several are expected" in refusal(random(), [], twin=False)
    assert "has no vocabulary" in refusal(random(), ["a"], twin=False)
    assert "only a model knows how its architecture is initialised" in refusal(random(), [[1]])
    assert "give one kind" in refusal(read(folder), ["a", [1]])
    assert "token=99" in refusal(random(), [[1], [99]], twin=False)
    assert "tokens of length 12" in refusal(read(folder), [[4] * 12])
    assert "no sentence of so many tokens" in refusal(read(folder), [" "])


def test_sentences_may_be_given_in_three_ways(folder):
    model = read(folder)
    ways = (["a b"], [[2, 4, 5, 3]], [Sentence((2, 4, 5, 3))])
    assert len({tuple(bits(measure(model, way, twin=False).trained)) for way in ways}) == 1


@pytest.mark.parametrize("factor", [1e-30, 1e30])
def test_extreme_parameters_raise_no_warning(factor):
    """10³⁰ leaves the range of float32: what single precision cannot say is no number, and is not counted."""
    found = measure(random(layers=1).scaled_by(factor), [[0, 1, 2]], twin=False)
    assert np.isfinite(found.trained.gaps["c1000_float64"]).all()
    assert found.trained.count("c1000_float32").tolist() == ([1, 1] if factor < 1 else [1, 0])
    assert found.trained.heads.paper_sentences == (factor < 1)


def test_token_numbers_are_whole():
    network = st.Transformer.random(vocabulary=4, width=4, seed=0)
    with pytest.raises(st.InputError, match=r"token=1\.5: tokens are whole numbers"):
        measure(network, [[0, 1.5]], twin=False)
    assert measure(network, [np.array([0, 1])], twin=False).sentences[0].tokens == (0, 1)
