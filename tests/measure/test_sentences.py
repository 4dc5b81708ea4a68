"""From text to sequences: what ends a sentence, what is cut, and a sentence for every file that cannot be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sattheory.errors import InputError
from sattheory.measure import Choice, read_sentences, read_token_lines
from sattheory.measure import sentences as module
from sattheory.measure.sentences import Sentence, encode_sentences, read_text, split_text

CASES = {
    "Once. Twice! Thrice?": ["Once.", "Twice!", "Thrice?"],
    "First Citizen:\nBefore we proceed\nany further, hear me speak.\n\nAll:\nSpeak, speak.": [
        "First Citizen: Before we proceed any further, hear me speak.",
        "All: Speak, speak.",
    ],
    "no end\n\nno end either\n \t \nthird": ["no end", "no end either", "third"],
    'He said "Go." Then (as it were!) he went.': ['He said "Go."', "Then (as it were!)", "he went."],
    "Pi is 3.14, see a.b or ...what": ["Pi is 3.14, see a.b or ...what"],
    "What?! No... Yes": ["What?!", "No...", "Yes"],
    "Mr. Smith": ["Mr.", "Smith"],
    "你好。再见！吗？": ["你好。", "再见！", "吗？"],
    "  a \t b  ": ["a b"],
    "": [],
    " \n\n \n": [],
    ".": ["."],
}


@pytest.mark.parametrize(("text", "wanted"), CASES.items())
def test_where_a_sentence_ends(text, wanted):
    assert list(split_text(text)) == wanted


@given(some.text(alphabet=" \n\t.!?\"')ab。\u2028"), some.sampled_from(["sentences", "lines"]))
def test_nothing_is_lost_but_white_space(text, split):
    found = list(split_text(text, split))
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(sentence == " ".join(sentence.split()) != "" for sentence in found)


def test_lines_are_taken_at_their_word():
    assert list(split_text("One. Two.\n\nthree\n  four  five ", "lines")) == ["One. Two.", "three", "four five"]


class Words:
    """A vocabulary of words: each becomes its length, with special tokens before and after."""

    def __init__(self, before=(), after=()):
        self.before, self.after = list(before), list(after)

    def encode(self, text):
        return [*self.before, *(len(word) for word in text.split()), *self.after]


FRAMES = {"bert": ((101,), (102,)), "t5": ((), (1,)), "xlnet": ((), (4, 3)), "gpt2": ((), ()), "two": ((7, 8), (8, 7))}


@pytest.mark.parametrize("frame", FRAMES)
def test_cutting_keeps_the_special_tokens_on_their_side(frame):
    before, after = FRAMES[frame]
    longest = len(before) + len(after) + 3
    (found,) = encode_sentences(["a bb ccc dddd eeeee"], Words(before, after), Choice(longest=longest))
    assert found == Sentence((*before, 1, 2, 3, *after), "a bb ccc dddd eeeee", 2)


@given(
    some.tuples(some.lists(some.integers(100, 103), max_size=3), some.lists(some.integers(100, 103), max_size=2)),
    some.lists(some.integers(1, 4), min_size=1, max_size=8),
    some.integers(1, 12),
)
def test_cutting_never_loses_a_special_token(frame, lengths, room):
    before, after = map(tuple, frame)
    text = " ".join("x" * length for length in lengths)
    longest = len(before) + len(after) + room
    (found,) = encode_sentences([text], Words(before, after), Choice(shortest=1, longest=longest))
    assert len(found.tokens) == min(longest, len(before) + len(lengths) + len(after))
    assert found.left_out == max(0, len(lengths) - room)
    assert sorted(found.tokens) == sorted((*before, *lengths[:room], *after))


def test_a_text_that_begins_like_its_end_is_cut_in_the_text():
    (found,) = encode_sentences(["x" * 102 + " a b c d"], Words((101,), (102,)), Choice(longest=5))
    assert found.tokens == (101, 102, 1, 1, 102)


def test_what_fits_exactly_is_not_cut():
    (found,) = encode_sentences(["a b c"], Words((101,), (102,)), Choice(longest=5))
    assert found.tokens == (101, 1, 1, 1, 102)
    assert found.left_out == 0


def test_short_sentences_are_skipped_and_special_tokens_do_not_count():
    found = encode_sentences(["a", "b b", "c", "d d d"], Words((101,), (102,)), Choice(shortest=2))
    assert [s.text for s in found] == ["b b", "d d d"]


def test_no_more_text_is_taken_than_needed():
    def texts():
        yield from ("a b", "c d")
        raise AssertionError("asked for a third")

    assert len(encode_sentences(texts(), Words(), Choice(sentences=2))) == 2


def test_fewer_sentences_than_asked_for_are_what_there_is():
    assert len(encode_sentences(["a b"], Words(), Choice(sentences=100))) == 1


def refusal(call, *arguments):
    with pytest.raises(InputError) as caught:
        call(*arguments)
    return str(caught.value)


def test_no_room_beside_the_special_tokens():
    said = refusal(encode_sentences, ["a b"], Words((101,), (102,)), Choice(longest=2))
    assert said == "longest=2: 2 special tokens leave no room for text; give 3 or more."


def test_no_sentence_is_long_enough():
    said = refusal(encode_sentences, ["a", "b"], Words(), Choice(shortest=2))
    assert "shortest=2: the file has no sentence of so many tokens" in said


@pytest.mark.parametrize("wrong", [{"sentences": 0}, {"shortest": 0}, {"longest": -1}, {"split": "words"}])
def test_choices_that_leave_nothing(wrong):
    assert next(iter(wrong)) in refusal(lambda: Choice(**wrong))


def test_a_network_with_few_positions_cuts_earlier():
    assert Choice(longest=512).within(5).longest == 5
    assert Choice(longest=4).within(5).longest == 4
    assert Choice(longest=512).within(0).longest == 512


def test_line_ends_and_byte_order_mark(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfone\r\ntwo\rthree")
    assert read_text(tmp_path / "a.txt") == "one\ntwo\nthree"


def test_a_file_in_another_encoding(tmp_path):
    (tmp_path / "a.txt").write_bytes("naïve".encode("latin-1"))
    assert "byte 2 is not UTF-8; save the text as UTF-8" in refusal(read_text, tmp_path / "a.txt")


@pytest.mark.parametrize("contents", ["", " \n\n"])
def test_an_empty_file(tmp_path, contents):
    (tmp_path / "a.txt").write_text(contents)
    assert "it is empty" in refusal(read_sentences, tmp_path / "a.txt", Words())


def test_no_file_a_folder_and_a_file_too_large(tmp_path, monkeypatch):
    assert "there is no such file" in refusal(read_text, tmp_path / "none.txt")
    assert str(tmp_path) in refusal(read_text, tmp_path)
    monkeypatch.setattr(module, "LARGEST_TEXT", 3)
    (tmp_path / "a.txt").write_text("four")
    assert "a.txt" in refusal(read_text, tmp_path / "a.txt")


def test_reading_a_file(tmp_path):
    (tmp_path / "a.txt").write_text("a b. c\n\nd e f.\ng h", encoding="utf-8")
    assert [s.tokens for s in read_sentences(tmp_path / "a.txt", Words(), Choice(2))] == [(1, 2), (1, 1, 2)]
    lines = read_sentences(tmp_path / "a.txt", Words(), Choice(split="lines"))
    assert [s.tokens for s in lines] == [(1, 2, 1), (1, 1, 2), (1, 1)]


def test_token_numbers_one_sequence_a_line(tmp_path):
    (tmp_path / "a.txt").write_text("0 3 1\n\n7\n5,2, 2 7\n1 1\n")
    found = read_token_lines(tmp_path / "a.txt", Choice(2, longest=3))
    assert found == (Sentence((0, 3, 1)), Sentence((5, 2, 2), left_out=1))


@pytest.mark.parametrize("word", ["x", "-1", "1.5", "٣"])
def test_what_is_no_token_number(tmp_path, word):
    (tmp_path / "a.txt").write_text(f"0 1\n\n2 {word}\n", encoding="utf-8")
    assert f"line 3 of {str(tmp_path / 'a.txt')!r}: it is no token number" in refusal(read_token_lines, tmp_path / "a.txt")


def test_a_number_that_no_vocabulary_has(tmp_path):
    (tmp_path / "a.txt").write_text(f"0 1\n{'9' * 19}\n")
    assert f"line 2 of {str(tmp_path / 'a.txt')!r}: no vocabulary has so many tokens" in refusal(
        read_token_lines, tmp_path / "a.txt"
    )


def test_a_model_without_a_vocabulary_reads_no_text(tmp_path):
    (tmp_path / "a.txt").write_text("Words.")
    assert "vocabulary=None: without one no text can be read; give token numbers" in refusal(
        read_sentences, tmp_path / "a.txt", None
    )
