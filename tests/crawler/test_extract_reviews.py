from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trafilatura import load_html

from crawler.extraction.schema_org import Review, nodes_of, normalised_rating, review_of
from tests.crawler.pages import json_ld

ALBUM: dict[str, Any] = {
    "@type": "MusicAlbum",
    "name": "Low Tide",
    "byArtist": {"@type": "MusicGroup", "name": "Harbour Lights"},
}
RATING = {"@type": "Rating", "ratingValue": "8", "bestRating": "10"}


def review_in(html: str) -> Review | None:
    return review_of(nodes_of(load_html(f"<html><body>{html}<p>x</p></body></html>")))


def test_a_review_in_json_ld_is_read() -> None:
    node = {"@type": "Review", "itemReviewed": ALBUM, "reviewRating": RATING, "author": {"name": "Ida Moss"}}
    assert review_in(json_ld(node)) == Review("Low Tide", "Harbour Lights", 0.8, "Ida Moss")


def test_a_review_within_the_reviewed_album_is_read() -> None:
    node = {**ALBUM, "review": {"@type": "Review", "reviewRating": RATING, "author": "Ida Moss"}}
    assert review_in(json_ld(node)) == Review("Low Tide", "Harbour Lights", 0.8, "Ida Moss")


def test_a_review_within_an_article_names_the_work_itself() -> None:
    review = {
        "@type": "Review",
        "name": "Low Tide",
        "reviewRating": {"bestRating": "30", "ratingValue": "19"},
    }
    found = review_in(json_ld({"@type": "Article", "headline": "Our verdict", "review": review}))
    assert found == Review("Low Tide", None, 19 / 30, None)


def test_references_within_a_graph_are_followed() -> None:
    graph = [
        {"@type": "Review", "itemReviewed": {"@id": "#album"}, "author": {"@id": "#ida"}},
        {"@id": "#album", **ALBUM},
        {"@id": "#ida", "@type": "Person", "name": "Ida Moss"},
    ]
    found = review_in(json_ld({"@context": "https://schema.org", "@graph": graph}))
    assert found == Review("Low Tide", "Harbour Lights", None, "Ida Moss")


def test_references_that_go_in_circles_end() -> None:
    graph = [
        {"@id": "#a", "@type": "Review", "name": "x", "itemReviewed": {"@id": "#b"}},
        {"@id": "#b", "@type": "MusicAlbum", "name": "Low Tide", "review": {"@id": "#a"}},
    ]
    found = review_in(json_ld({"@graph": graph}))
    assert found is not None
    assert found.work == "Low Tide"


def test_a_review_in_microdata_is_read() -> None:
    html = """
      <div itemscope itemtype="https://schema.org/Review">
        <div itemprop="itemReviewed" itemscope itemtype="https://schema.org/MusicAlbum">
          <span itemprop="name">Low Tide</span>
          <span itemprop="byArtist" itemscope itemtype="https://schema.org/MusicGroup">
            <a itemprop="name" href="/harbour">Harbour Lights</a></span>
        </div>
        <span itemprop="author">Ida Moss</span>
        <span itemprop="reviewRating" itemscope itemtype="https://schema.org/Rating">
          <meta itemprop="worstRating" content="1"><span itemprop="ratingValue">3</span>
          of <span itemprop="bestRating">5</span></span>
      </div>"""
    assert review_in(html) == Review("Low Tide", "Harbour Lights", 0.5, "Ida Moss")


@pytest.mark.parametrize(
    ("opening", "prefix"),
    [("vocab='https://schema.org/'", ""), ("prefix='schema: https://schema.org/'", "schema:")],
)
def test_a_review_in_rdfa_is_read(opening: str, prefix: str) -> None:
    html = f"""
      <div {opening} typeof="{prefix}Review">
        <div property="{prefix}itemReviewed" typeof="{prefix}MusicAlbum">
          <span property="{prefix}name">Low Tide</span>
          <span property="{prefix}byArtist" typeof="{prefix}MusicGroup">
            <a property="{prefix}name" href="/harbour">Harbour Lights</a></span>
        </div>
        <span property="{prefix}author">Ida Moss</span>
        <span property="{prefix}reviewRating" typeof="{prefix}Rating">
          <span property="{prefix}ratingValue">4</span> of <span property="{prefix}bestRating">5</span></span>
      </div>"""
    assert review_in(html) == Review("Low Tide", "Harbour Lights", 0.8, "Ida Moss")


def test_rdfa_of_another_vocabulary_is_no_review() -> None:
    assert (
        review_in('<div vocab="https://other.example/" typeof="Review"><b property="name">x</b></div>')
        is None
    )


def test_a_review_of_an_artist_names_it() -> None:
    node = {"@type": "Review", "itemReviewed": {"@type": "MusicGroup", "name": "Harbour Lights"}}
    assert review_in(json_ld(node)) == Review(None, "Harbour Lights", None, None)


def test_the_artist_of_a_track_may_stand_at_its_album() -> None:
    track = {"@type": "MusicRecording", "name": "Ebb", "inAlbum": ALBUM}
    found = review_in(json_ld({"@type": "Review", "itemReviewed": track}))
    assert found is not None
    assert (found.work, found.artist) == ("Ebb", "Harbour Lights")


def test_two_artists_are_billed_together() -> None:
    album = {**ALBUM, "byArtist": [{"name": "Harbour Lights"}, {"name": "Ruth Fen"}]}
    found = review_in(json_ld({"@type": "Review", "itemReviewed": album}))
    assert found is not None
    assert found.artist == "Harbour Lights & Ruth Fen"


def test_various_artists_are_nobody() -> None:
    album = {**ALBUM, "byArtist": {"name": "Various Artists"}}
    assert review_in(json_ld({"@type": "Review", "itemReviewed": album})) == Review("Low Tide")


def test_several_reviews_of_one_album_give_their_mean() -> None:
    reviews = [
        {"@type": "Review", "itemReviewed": ALBUM, "reviewRating": {"ratingValue": n, "bestRating": 5}}
        for n in (2, 4)
    ]
    found = review_in(json_ld(*reviews))
    assert found is not None
    assert found.rating == pytest.approx(0.6)


def test_reviews_of_different_albums_say_nothing_of_the_page() -> None:
    reviews = [{"@type": "Review", "itemReviewed": {"@type": "MusicAlbum", "name": name}} for name in "ab"]
    assert review_in(json_ld(*reviews)) is None


@pytest.mark.parametrize(
    ("rating", "share"),
    [
        ({"ratingValue": 4, "bestRating": 5, "worstRating": 1}, 0.75),
        ({"ratingValue": "4"}, 0.8),
        ({"ratingValue": "7,5"}, 0.75),
        ({"ratingValue": 85}, 0.85),
        ({"ratingValue": "4/5"}, 0.8),
        ({"ratingValue": "19", "bestRating": "30"}, 19 / 30),
        ({"ratingValue": 6, "bestRating": 5}, None),
        ({"ratingValue": 3, "bestRating": 0}, None),
        ({"ratingValue": "great"}, None),
        ({}, None),
    ],
)
def test_ratings_become_shares(rating: dict[str, object], share: float | None) -> None:
    assert normalised_rating(rating) == (None if share is None else pytest.approx(share))


@given(
    st.recursive(
        st.none() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_any_rating_is_a_share_or_none(rating: object) -> None:
    share = normalised_rating(rating)
    assert share is None or 0 <= share <= 1
