"""Tone keys against the real engine, whose tokenizer and prefix search they were made for."""

from __future__ import annotations

from typing import Any

from market.engine.gateway import Engine
from market.vietnamese.tone_keys import syllable_key
from tests.reading.vocabularies import vocabulary
from tests.search.stalls import listing

CHUNK = 200


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


async def test_the_key_of_a_syllable_finds_that_syllable_and_no_other(search_engine: Engine) -> None:
    syllables = sorted(vocabulary().syllables)
    documents = [
        listing(_id(number), title="", keys=syllable_key(syllable)) for number, syllable in enumerate(syllables)
    ]
    await search_engine.wait([await search_engine.upsert("listings", documents)])
    queries: list[dict[str, Any]] = [
        {
            "indexUid": search_engine.index_name("listings"),
            "q": syllable_key(syllable),
            "matchingStrategy": "all",
            "attributesToSearchOn": ["keys"],
            "limit": 5,
            "attributesToRetrieve": ["id"],
        }
        for syllable in syllables
    ]
    for start in range(0, len(queries), CHUNK):
        found = await search_engine.search(queries[start : start + CHUNK])
        for number, answer in enumerate(found, start):
            assert [hit.id for hit in answer.hits] == [_id(number)], syllables[number]
