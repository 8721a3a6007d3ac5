"""An example answer of each operation, for OpenAPI; the artists are made up.

A test holds them to the schemas.
"""

from __future__ import annotations

from collections.abc import Mapping

_HAZE = {"artist_id": 7, "artist": "Paper Lanterns", "mbid": None}
_TIDE = {"artist_id": 12, "artist": "Slow Tide", "mbid": "0b1a4c5e-93d1-4a55-8a08-2c5f2b1f9e10"}
_SUMMARY = {
    "artist_id": 7,
    "words": 18_400,
    "documents": 96,
    "sources": 14,
    "familiarity": 0.62,
    "buzz": 0.18,
}
_QUOTE = {
    "quote": "Paper Lanterns fold their guitars into a warm haze.",
    "url": "https://magazine.example/reviews/paper-lanterns",
    "title": "Paper Lanterns: Night Ferry",
    "source": "magazine.example",
    "published": "2024-03-08",
}
_TERM = {
    "term": "dream pop",
    "kind": "np",
    "facet": "genre",
    "weight": 0.83,
    "frequency": 41,
    "documents": 28,
    "sources": 9,
    "first_seen": "2016-05-20",
    "last_seen": "2024-03-08",
    "inferred": False,
}
_NEAR = {**_TIDE, "similarity": 0.71, "rank": 1, "shared": ["dream pop", "haze"], "product": 0.71}
_SHARED = {
    "term": "dream pop",
    "kind": "np",
    "facet": "genre",
    "weight_a": 0.83,
    "weight_b": 0.77,
    "contribution": 0.22,
    "quote_a": _QUOTE,
    "quote_b": None,
    "inferred": False,
}
_WEEKS = [{"week": "2024-03-04", "documents": 5, "sources": 3}]
_SIMILAR = {"release": 3, "seeds": [_HAZE], "items": [_NEAR], "notes": []}
_MATCHED = {"asked": "dreamy", "term": "dreamy", "likeness": 1.0, "boost": 1.0}
_ENTRY = {"term_id": 91, "term": "dream pop", "kind": "np", "facet": "genre", "artists": 212}
_ARTIST = {
    "release": 3,
    "artist": {
        "name": "Paper Lanterns",
        "mbid": None,
        "aliases": ["The Paper Lanterns"],
        "disambiguation": "Bergen band",
        "country": "Norway",
        "begin": "2014",
        "end": None,
        "id": 7,
    },
    "summary": _SUMMARY,
    "not_enough_text": None,
}
_ONE_PAGE = {"limit": 50, "offset": 0, "next": None}

EXAMPLES: Mapping[str, Mapping[str, object]] = {
    "list_artists": {
        "release": 3,
        "items": [_HAZE, _TIDE],
        "limit": 2,
        "offset": 0,
        "next": "/v1/artists?limit=2&offset=2&release=3",
    },
    "look_up_artist": _ARTIST,
    "get_artist": _ARTIST,
    "list_artist_terms": {"release": 3, "items": [_TERM], **_ONE_PAGE},
    "list_evidence": {"release": 3, "items": [_QUOTE]},
    "list_activity": {
        "release": 3,
        "items": [{"week": "2024-03-04", "documents": 5, "sources": 3, "familiarity": 0.6, "buzz": 0.4}],
    },
    "list_rising_terms": {
        "release": 3,
        "items": [{"term": "ferry", "facet": "theme", "rising": 0.4, "documents": 5, "weeks": _WEEKS}],
    },
    "list_similar_of_artist": _SIMILAR,
    "list_dissimilar_of_artist": {
        **_SIMILAR,
        "items": [{**_NEAR, "similarity": 0.0, "shared": [], "product": -0.12}],
    },
    "list_similar": {
        **_SIMILAR,
        "items": [
            {
                **_NEAR,
                "reasons": [
                    {"seed": _HAZE, "similarity": 0.71, "shared": [_SHARED], "related": [], "comparisons": []}
                ],
            }
        ],
    },
    "list_dissimilar": {
        **_SIMILAR,
        "items": [{**_NEAR, "similarity": 0.0, "shared": [], "product": -0.12}],
    },
    "get_explanation": {
        "release": 3,
        "explanation": {
            "a": _HAZE,
            "b": _TIDE,
            "similarity": 0.71,
            "rank": 1,
            "shared": [_SHARED],
            "related": [],
            "rest": 0.49,
            "adjustment": 0.0,
            "comparisons": [],
            "exact": True,
        },
    },
    "get_comparison": {
        "release": 3,
        "a": {"artist": _HAZE, "summary": _SUMMARY, "terms": [_TERM], "own_terms": []},
        "b": {"artist": _TIDE, "summary": None, "terms": [_TERM], "own_terms": []},
        "shared_terms": ["dream pop"],
        "similarity": 0.71,
        "rank": 1,
    },
    "suggest_artists": {
        "release": 3,
        "items": [
            {
                "artist_id": 7,
                "artist": "Paper Lanterns",
                "disambiguation": "Bergen band",
                "familiarity": 0.62,
            }
        ],
    },
    "search_artists": {
        "release": 3,
        "items": [{**_HAZE, "score": 0.58, "rank": 1, "matched": [_MATCHED]}],
        "interpretation": {"wanted": [_MATCHED], "excluded": [], "unknown": [], "suggestions": {}},
    },
    "list_candidates": {
        "release": 3,
        "items": [
            {
                "name": "Glass Orchard",
                "score": 0.91,
                "mentions": 12,
                "documents": 8,
                "sources": 4,
                "first_seen": "2023-11-02",
                "last_seen": "2024-03-08",
                "evidence": [{**_QUOTE, "quote": "Glass Orchard open for them in May."}],
            }
        ],
        **_ONE_PAGE,
    },
    "list_terms": {"release": 3, "items": [_ENTRY], **_ONE_PAGE},
    "get_term": {"release": 3, "term": "dream pop", "artists": 212, "entries": [_ENTRY]},
    "list_term_artists": {
        "release": 3,
        "items": [{**_HAZE, "weight": 0.83, "documents": 28, "sources": 9, "inferred": False}],
        **_ONE_PAGE,
    },
    "list_rising_artists": {
        "release": 3,
        "items": [{**_HAZE, "rising": 0.4, "documents": 5, "weeks": _WEEKS}],
    },
    "get_map": {
        "release": 3,
        "artists": 2,
        "scale": 16_383,
        "id": [7, 5],
        "name": ["Paper Lanterns", "Slow Tide"],
        "x": [-8_021, 9_400],
        "y": [310, -2_204],
        "familiarity": [62, 40],
        "facets": {"genre": {"terms": ["dream pop"], "counts": [2], "artist": [0, 0]}},
        "other": 10,
        "nothing": 11,
        "regions": [{"id": 1, "level": 0, "label": "dream pop, haze", "x": -8_000, "y": 300, "artists": 2}],
    },
    "look_up_many": {
        "release": 3,
        "items": [{"wanted": "Paper Lanterns", "artist": _HAZE, "terms": [_TERM]}],
        "not_found": ["Paper Lantrens"],
    },
    "list_vectors": {
        "release": 3,
        "dimensions": 3,
        "items": [{"artist_id": 7, "vector": [0.6, 0.8, 0.0]}],
        "next": None,
    },
    "get_release": {
        "release": 3,
        "info": {
            "release_id": 3,
            "created": "2024-03-10T04:12:09Z",
            "state": "ready",
            "engine": "local",
            "parameters": {"min_words": 100},
            "input_digest": "5d41402abc4b2a76b9719d911017c592",
            "documents": 37_000,
            "artists": 12_000,
            "terms": 88_000,
            "metrics": {},
            "published": True,
        },
    },
    "get_state": {
        "items": [{"area": "documents", "measure": "all", "reason": None, "value": 37_000}],
    },
    "get_liveness": {"status": "alive"},
    "get_readiness": {"status": "ready", "release": 3},
    "get_health": {"status": "ready", "release": 3},
}
