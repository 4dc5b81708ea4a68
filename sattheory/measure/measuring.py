"""Measuring a model on many sentences, in one process, in several, or on a cluster.

The longest sentences are measured first, so that no process is left with one at the end; results are put together in the order of
the sentences, so that the numbers are the same bit for bit however many processes or machines share the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sattheory.errors import InputError
from sattheory.measure.cosines import TERMS, has_final_norm
from sattheory.measure.labels import Thresholds
from sattheory.measure.measurement import Measured, Measurement
from sattheory.measure.networks import TRAINED, TWIN, InFolder, InMemory, Source
from sattheory.measure.observation import Observation, Settings, Task, observe_sentence
from sattheory.measure.sentences import Choice, Sentence, encode_sentences
from sattheory.network.tokens import check_tokens
from sattheory.network.transformer import Transformer

if TYPE_CHECKING:
    from sattheory.checkpoints import Model

Progress = Callable[[Iterator[Observation], int], Iterable[Observation]]


def _through(results: Iterator[Observation], total: int) -> Iterator[Observation]:
    return results


def measure(
    model: Model | Transformer,
    sentences: Sequence[Sentence | str | Sequence[int]],
    *,
    name: str = "",
    twin: bool | Transformer = True,
    seed: int = 0,
    choice: Choice | None = None,
    thresholds: Thresholds | None = None,
    terms: int = TERMS,
    hard: bool = False,
    jobs: int = 1,
    scheduler: str | None = None,
    progress: Progress = _through,
) -> Measurement:
    """Measure how saturated a model is, layer by layer, and what its heads attend to in the limit (paper, §4, figures 2 and 3).

    Parameters
    ----------
    model : Model or Transformer
        A model from `sattheory.read` (of a T5, the encoder is measured), or a network.
    sentences : sequence
        Sentences: texts, token numbers, or what `read_sentences` gives.
    name : str
        What to call it; the model's own name when left out.
    twin : bool or Transformer
        Whether to measure the randomly initialised twin too; for a bare network, the twin itself.
    seed : int
        Seed of the twin.
    choice : Choice, optional
        Which texts are taken and where they are cut; all texts when left out, cut at 512 tokens.
    thresholds : Thresholds, optional
        From where on a head gets a label.
    terms : int
        Coefficients of the series to start with.
    hard : bool
        Whether to compute hard substitution too.
    jobs : int
        Processes; the numbers do not depend on it.
    scheduler : str, optional
        Address of a Dask scheduler, whose workers do the work instead; they must see the model's folder.
    progress : callable
        Wrapped around the results as they come; takes them and their number.

    Returns
    -------
    Measurement
        All that was measured.

    Raises
    ------
    InputError
        For no sentences, or ones that the network cannot take.
    """
    source, network = _source(model, twin, seed, alone=jobs == 1 and scheduler is None)
    vocabulary = getattr(model, "vocabulary", None)
    chosen = _sentences(
        sentences, vocabulary, (choice or Choice(max(1, len(sentences)), 1)).within(network.configuration.longest)
    )
    for sentence in chosen:
        check_tokens(np.array(sentence.tokens), network.configuration)
    special = {} if vocabulary is None else dict(vocabulary.special_numbers)
    settings = Settings(terms, hard, special)
    names = (TRAINED, TWIN) if twin else (TRAINED,)
    found = _run(partial(observe_sentence, source, settings), chosen, names, jobs, scheduler, progress)
    return Measurement(
        name or getattr(model, "name", "network"),
        chosen,
        found,
        thresholds or Thresholds(),
        settings,
        getattr(model, "architecture", ""),
        seed if twin is True else None,
        has_final_norm(network),
    )


def _run(
    function: Callable[[Task], Observation],
    sentences: Sequence[Sentence],
    names: Sequence[str],
    jobs: int,
    scheduler: str | None,
    progress: Progress,
) -> dict[str, Measured]:
    from sattheory.parallel import each

    tasks = [Task(which, sentence.tokens) for which in names for sentence in sentences]
    order = sorted(range(len(tasks)), key=lambda i: -len(tasks[i].tokens))
    results = progress(each(function, [tasks[i] for i in order], jobs=jobs, scheduler=scheduler), len(tasks))
    done = dict(zip(order, results, strict=True))
    count = len(sentences)
    return {which: Measured.of([done[k * count + i] for i in range(count)]) for k, which in enumerate(names)}


def _source(model: Model | Transformer, twin: bool | Transformer, seed: int, alone: bool) -> tuple[Source, Transformer]:
    """Take what is in memory where the work is done here; name the folder where it is not."""
    if isinstance(model, Transformer):
        if twin is True:
            given = "a network without a twin"
            raise InputError(given, "only a model knows how its architecture is initialised", "give twin= a network, or False")
        return InMemory({TRAINED: model} | ({TWIN: twin} if isinstance(twin, Transformer) else {})), model
    if isinstance(twin, Transformer):
        return InMemory({TRAINED: model.network, TWIN: twin}), model.network
    if not alone and model.source is not None:
        return InFolder.of(model.source, seed), model.network
    return InMemory({TRAINED: model.network} | ({TWIN: model.twin(seed)} if twin else {})), model.network


def _numbers(given: Sequence[int]) -> tuple[int, ...]:
    wrong = [number for number in given if not isinstance(number, int | np.integer)]
    if wrong:
        raise InputError(f"token={wrong[0]!r}", "tokens are whole numbers", "give integers")
    return tuple(int(number) for number in given)


def _sentences(given: Sequence[Sentence | str | Sequence[int]], vocabulary: Any, choice: Choice) -> tuple[Sentence, ...]:
    if isinstance(given, str) or not len(given):
        raise InputError(f"sentences={given!r}", "several are expected", "give a list of sentences")
    texts = [sentence for sentence in given if isinstance(sentence, str)]
    if not texts:
        return tuple(s if isinstance(s, Sentence) else Sentence(_numbers(s)) for s in given if not isinstance(s, str))
    if len(texts) < len(given):
        raise InputError("sentences", "some are text and some are numbers", "give one kind")
    if vocabulary is None:
        raise InputError("sentences of text", "the model has no vocabulary", "give token numbers")
    return encode_sentences(texts, vocabulary, choice)
