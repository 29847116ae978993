"""Strict JSON: what another reader could take differently is refused by name."""

import json
from time import perf_counter

import pytest

from services.intake.documents import read_document
from services.intake.problems import Problem, ProblemError
from services.intake.wordings import Kind


def _refused(body: bytes) -> Problem:
    with pytest.raises(ProblemError) as caught:
        read_document(body)
    return caught.value.problem


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "json_syntax"),
        (b"{", "json_syntax"),
        (b'{"a": 1,}', "json_syntax"),
        (b"\xef\xbb\xbf{}", "json_syntax"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "json_syntax"),
        (b'{"a": "\xff"}', "not_utf8"),
        (b'{"a": "\xed\xa0\x80"}', "not_utf8"),
        (b'{"a": 1, "a": 1}', "duplicate_key"),
        (b'{"a": [{"b": 1, "\\u0062": 2}]}', "duplicate_key"),
        (b'{"a": NaN}', "not_finite_number"),
        (b'{"a": -Infinity}', "not_finite_number"),
        (b"[" * 17 + b"]" * 17, "too_deep"),
        (b"[" * 60_000, "too_deep"),
        (b"[]", "not_an_object"),
        (b"null", "not_an_object"),
    ],
)
def test_malformed_json_is_named(body: bytes, code: str) -> None:
    """Each way not to be a JSON object has its own code."""
    problem = _refused(body)

    assert (Kind.MALFORMED_JSON, [code]) == (problem.kind, [f.code for f in problem.faults])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("\\u0000", "nul"),
        ("\\ud800", "lone_surrogate"),
        ("\\udc00\\ud800", "lone_surrogate"),
        ("\\u000a", "control_character"),
        ("\x01", "control_character"),
        ("\x00", "nul"),
    ],
)
def test_unusable_text_is_named_with_its_place(text: str, code: str) -> None:
    """NUL, half characters and control characters are refused wherever they are, with a pointer."""
    problem = _refused(f'{{"a/b": 1, "child": {{"first_names": ["Zoé", "x{text}"]}}}}'.encode())

    assert Kind.INVALID_APPLICATION is problem.kind
    assert [("/child/first_names/1", code)] == [(f.pointer, f.code) for f in problem.faults]


def test_unusable_key_is_told_at_its_object() -> None:
    """A key that cannot be kept is told at the object that holds it, and not repeated."""
    problem = _refused(b'{"child": {"Zo\\u0000": 1}}')

    assert [("/child", "nul")] == [(f.pointer, f.code) for f in problem.faults]
    assert "Zo" not in json.dumps(problem.as_json())


def test_a_whole_character_outside_the_plane_passes() -> None:
    """A surrogate pair that makes one character is no lone surrogate."""
    assert {"a": "😀"} == read_document(b'{"a": "\\ud83d\\ude00"}')


def test_brackets_in_text_are_not_depth() -> None:
    """Depth counts structure only."""
    body = json.dumps({"a": "[" * 50 + '"{\\'}).encode()

    assert {"a": "[" * 50 + '"{\\'} == read_document(body)


def test_an_endless_string_costs_one_look() -> None:
    """A body of 64 KB that tries each quote in turn is refused in an instant."""
    began = perf_counter()
    _refused(b'{"a": ' + b'"\\' * 32_000)

    assert perf_counter() - began < 0.5
