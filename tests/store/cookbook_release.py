"""The made-up release that the queries of the cookbook are asked of: seven artists, three sources, a year."""

from __future__ import annotations

from datetime import date, timedelta
from math import cos, radians, sin

from sqlalchemy import Connection

from tests.small_release import Used, add_artist, add_document, publish

FACETS = {
    **dict.fromkeys(("shoegaze", "dubstep"), "genre"),
    **dict.fromkeys(("dreamy", "hazy", "loud", "dark"), "mood"),
    **dict.fromkeys(("guitar", "sampler"), "instrument"),
    **dict.fromkeys(("90s", "2000s"), "era"),
    "london": "place",
}
DESCRIPTORS = {
    "Slowdive": {"shoegaze": 0.8, "dreamy": 0.6, "hazy": 0.4, "guitar": 0.5, "90s": 0.5},
    "Ride": {"shoegaze": 0.7, "loud": 0.5, "dreamy": 0.3, "guitar": 0.6, "90s": 0.4},
    "My Bloody Valentine": {
        **{"shoegaze": 0.9, "loud": 0.8, "dreamy": 0.4, "hazy": 0.3},
        **{"guitar": 0.7, "london": 0.4, "90s": 0.2, "2000s": 0.1},
    },
    "Burial": {"dubstep": 0.8, "dark": 0.7, "sampler": 0.6, "london": 0.6, "2000s": 0.5},
    "Mossglass": {"shoegaze": 0.4, "dreamy": 0.5, "hazy": 0.2, "dark": 0.3},
    "Driftrelay": {"dubstep": 0.3, "dark": 0.5, "shoegaze": 0.2, "dreamy": 0.2},
    "Palehollow": {"dreamy": 0.1, "hazy": 0.1},
}
INFERRED = {("Driftrelay", "shoegaze"), ("Driftrelay", "dreamy")}
# Vectors as angles in a plane: similarity is the cosine of their difference.
ANGLES = {
    **{"Slowdive": 0, "Mossglass": 9, "Ride": 20, "My Bloody Valentine": 33},
    **{"Palehollow": 49, "Driftrelay": 70, "Burial": 87},
}
# Documents, sources, familiarity, buzz.
KNOWN = {
    "Slowdive": (20, 3, 0.8, 0.2),
    "Ride": (12, 3, 0.7, 0.0),
    "My Bloody Valentine": (30, 3, 0.9, 0.1),
    "Burial": (25, 3, 0.85, 0.3),
    "Mossglass": (6, 2, 0.25, 0.6),
    "Driftrelay": (5, 2, 0.2, 0.0),
    "Palehollow": (1, 1, 0.05, 0.0),
}
LATELY = date(2025, 11, 3)
# The terms said by more than one source, or lately for the first or long ago for the last time.
USED: dict[tuple[str, str], Used] = {
    ("Slowdive", "shoegaze"): (30, 12, 3, date(2020, 1, 6), date(2025, 11, 3)),
    ("Slowdive", "dreamy"): (9, 6, 3, date(2020, 1, 6), date(2025, 11, 3)),
    ("Slowdive", "90s"): (2, 2, 2, date(2020, 1, 6), date(2020, 3, 2)),
    ("Ride", "shoegaze"): (8, 6, 3, date(2021, 1, 4), date(2025, 9, 1)),
    ("Mossglass", "shoegaze"): (4, 3, 2, date(2024, 1, 1), date(2025, 11, 3)),
    ("Mossglass", "dreamy"): (4, 3, 2, date(2024, 1, 1), date(2025, 11, 3)),
    ("Mossglass", "dark"): (2, 1, 1, date(2025, 11, 4), date(2025, 11, 4)),
    ("Palehollow", "hazy"): (1, 1, 1, date(2025, 11, 4), date(2025, 11, 4)),
}
TEXTS = {
    "https://magazine.example/1": (date(2025, 11, 3), "Slowdive are dreamy as ever. Ride are not."),
    "https://magazine.example/2": (date(2024, 5, 6), "Slowdive made a dreamy record. Mossglass listened."),
    "https://blog.example/1": (date(2025, 11, 4), "Mossglass turned dark. Nightferry opened for them."),
    "https://board.example/1": (None, "Burial and Slowdive? Nightferry sit between the two."),
}


def publish_cookbook(connection: Connection) -> None:
    """Publish the release."""
    number = {name: add_artist(connection, name) for name in DESCRIPTORS}
    document = {url: add_document(connection, url, text, published=day) for url, (day, text) in TEXTS.items()}
    magazine, older, blog, board = document.values()
    slowdive, ride, mossglass, burial = (number[n] for n in ("Slowdive", "Ride", "Mossglass", "Burial"))
    weeks = [LATELY - timedelta(weeks=week) for week in range(12)]
    publish(
        connection,
        {number[name]: weights for name, weights in DESCRIPTORS.items()},
        {number[name]: (cos(radians(angle)), sin(radians(angle))) for name, angle in ANGLES.items()},
        facets=FACETS,
        stored=4,
        inferred={(number[name], term) for name, term in INFERRED},
        used={(number[name], term): counts for (name, term), counts in USED.items()},
        summaries=[(number[name], 100 * facts[0], *facts) for name, facts in KNOWN.items()],
        evidence=[
            (slowdive, "dreamy", magazine, "Slowdive are dreamy as ever."),
            (slowdive, "dreamy", older, "Slowdive made a dreamy record."),
            (mossglass, "dark", blog, "Mossglass turned dark."),
        ],
        comparisons=[
            (slowdive, ride, magazine, "Ride are not."),
            (burial, slowdive, board, "Burial and Slowdive?"),
        ],
        activity=[(slowdive, week, 2, 1, 0.8, 0.2) for week in weeks],
        term_weeks=[
            *((slowdive, "shoegaze", week, 1, 1) for week in weeks),
            *((mossglass, "dark", week, 2, 1) for week in weeks[:2]),
            (mossglass, "hazy", weeks[-1], 1, 1),
        ],
        candidates=[
            ("Nightferry", 0.9, 5, 2, 2, date(2025, 11, 4), date(2025, 11, 4)),
            ("Opening Act", 0.4, 1, 1, 1, None, None),
        ],
        candidate_evidence=[("Nightferry", blog, "Nightferry opened for them.")],
        overrides=[
            (1, "block_term", "landfill", None, "not music", 0, None, None),
            (2, "pin", "Slowdive", "Ride", None, 1, slowdive, ride),
        ],
        places={
            slowdive: (0.0, 0.0, 2),
            ride: (0.3, 0.4, 2),
            mossglass: (0.1, 0.0, 2),
            burial: (-1.0, 0.0, 3),
        },
        regions=[
            (1, None, 0, 0.0, 0.0, 4, "guitars", ["guitar"]),
            (2, 1, 2, 0.1, 0.1, 3, "shoegaze", ["shoegaze"]),
            (3, 1, 2, -1.0, 0.0, 1, "dubstep", ["dubstep"]),
        ],
        parameters={"vectors": {"dimensions": 2}},
    )
