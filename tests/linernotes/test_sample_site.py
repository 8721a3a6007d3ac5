"""The sample site: enough true-to-life writing, served as sites in the wild are."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import feedparser
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from lxml import etree
from protego import Protego

from linernotes.sample_site import SampleSite, SampleSiteError, sample_sources, serve_sample_site, site_root
from linernotes.sample_site.__main__ import main
from linernotes.sample_site.blog import post_path
from linernotes.sample_site.content import SiteContent, load_content
from linernotes.sample_site.magazine import review_path
from linernotes.sample_site.pages import teaser

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(scope="module")
def content() -> SiteContent:
    return load_content()


@pytest.fixture(scope="module")
def site() -> Iterator[SampleSite]:
    with serve_sample_site() as site:
        yield site


class Client:
    """One keep-alive connection to each outlet."""

    def __init__(self) -> None:
        self.connections: dict[str, HTTPConnection] = {}

    def get(
        self, url: str, headers: dict[str, str] | None = None, method: str = "GET"
    ) -> tuple[int, dict[str, str], str]:
        parts = urlsplit(url)
        connection = self.connections.setdefault(parts.netloc, HTTPConnection(parts.netloc, timeout=10))
        connection.request(method, url.removeprefix(f"http://{parts.netloc}"), headers=headers or {})
        response = connection.getresponse()
        body = response.read().decode()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, body

    def text(self, url: str) -> str:
        status, _, body = self.get(url)
        assert status == 200, url
        return body

    def soup(self, url: str) -> BeautifulSoup:
        return BeautifulSoup(self.text(url), "lxml")


@pytest.fixture(scope="module")
def client(site: SampleSite) -> Iterator[Client]:
    client = Client()
    yield client
    for connection in client.connections.values():
        connection.close()


def written_texts(content: SiteContent) -> dict[str, tuple[tuple[str, ...], str]]:
    """What was written for the site: name of the file → (artists, text). The reprinted review counts once."""
    texts = {f"blog/{post.slug}": (post.artists, post.body) for post in content.posts if not post.preface}
    texts |= {f"magazine/{review.slug}": (review.artists, review.body) for review in content.reviews}
    texts |= {
        f"board/{thread.slug}": (thread.artists, "\n\n".join(post.body for post in thread.posts))
        for thread in content.threads
    }
    return texts


def truth(name: str) -> list[tuple[str, str]]:
    lines = (site_root() / "truth" / name).read_text(encoding="utf-8").splitlines()[1:]
    return [(artist, value) for artist, value in (line.split("\t") for line in lines)]


def registry() -> list[dict[str, str]]:
    with (site_root() / "artists.csv").open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


# --- the writing -------------------------------------------------------------------------------------------


def test_ninety_posts_about_forty_five_artists_of_eight_genres(content: SiteContent) -> None:
    about = [artists for artists, _ in written_texts(content).values() if artists]
    artists = {artist for names in about for artist in names}
    assert len(about) >= 90
    assert len(artists) >= 45
    assert len({genre for artist, genre in truth("genres.tsv") if artist in artists}) >= 8


def test_every_artist_has_two_posts_or_more(content: SiteContent) -> None:
    counts = Counter(artist for artists, _ in written_texts(content).values() for artist in artists)
    assert {artist: count for artist, count in counts.items() if count < 2} == {}


def test_every_text_about_an_artist_has_150_to_400_words(content: SiteContent) -> None:
    lengths = {name: len(text.split()) for name, (artists, text) in written_texts(content).items() if artists}
    assert {name: length for name, length in lengths.items() if not 150 <= length <= 400} == {}


def test_every_text_names_the_artist_it_is_about(content: SiteContent) -> None:
    texts = written_texts(content)
    silent = [name for name, (artists, text) in texts.items() for artist in artists if artist not in text]
    assert silent == []


def test_no_paragraph_stands_twice(content: SiteContent) -> None:
    paragraphs = Counter(
        " ".join(paragraph.split())
        for _, text in written_texts(content).values()
        for paragraph in text.split("\n\n")
        if not paragraph.startswith(">")  # quotations of earlier posts repeat by nature
    )
    assert [paragraph for paragraph, count in paragraphs.items() if count > 1] == []


def test_a_quotation_repeats_an_earlier_post_of_its_thread(site: SampleSite, content: SiteContent) -> None:
    nameless = [
        thread.slug
        for thread in content.threads
        for quote in page_soup(site, f"/topic/{thread.slug}/").select("blockquote")
        if quote.cite is None
    ]
    assert nameless == []


def page_soup(site: SampleSite, path: str) -> BeautifulSoup:
    return BeautifulSoup(site.pages["board"][path].body, "lxml")


def test_one_post_is_about_no_artist_and_one_draft_is_kept_back(content: SiteContent) -> None:
    assert sum(not post.artists for post in content.posts) == 1
    assert content.drafts


# --- registry and truth ------------------------------------------------------------------------------------


def test_the_registry_knows_every_artist_once(content: SiteContent) -> None:
    names = [row["name"] for row in registry()]
    subjects = {artist for artists, _ in written_texts(content).values() for artist in artists}
    assert len(names) == len(set(names))
    assert subjects <= set(names)
    assert {"Can", "Wire", "Ride", "Sleep", "Low", "Air"} <= set(names)


def test_no_alias_is_also_another_artists_name() -> None:
    names = {row["name"] for row in registry()}
    aliases = [alias for row in registry() for alias in row["aliases"].split(";") if alias]
    assert [alias for alias in aliases if alias in names] == []
    assert len(aliases) == len(set(aliases))


@pytest.mark.parametrize("name", ["similar.tsv", "tags.tsv", "genres.tsv"])
def test_the_truth_covers_every_subject_and_states_nothing_twice(name: str, content: SiteContent) -> None:
    subjects = {artist for artists, _ in written_texts(content).values() for artist in artists}
    rows = truth(name)
    assert {artist for artist, _ in rows} == subjects
    assert len(rows) == len(set(rows))


def test_similar_artists_are_others_from_the_registry() -> None:
    names = {row["name"] for row in registry()}
    assert [row for row in truth("similar.tsv") if row[0] == row[1] or row[1] not in names] == []


# --- the three outlets -------------------------------------------------------------------------------------


def test_every_internal_link_answers(site: SampleSite, client: Client) -> None:
    seen, waiting = set(), [f"{base}/" for base in site.base_urls]
    while waiting:
        url = waiting.pop()
        status, headers, body = client.get(url)
        assert status == 200, url
        if "html" not in headers["content-type"]:
            continue
        for link in BeautifulSoup(body, "lxml").select("[href]"):
            target = urldefrag(urljoin(url, str(link["href"]))).url
            if target.startswith(site.base_urls) and target not in seen:
                seen.add(target)
                waiting.append(target)
    assert reachable_paths(site) == {urlsplit(url).path for url in seen} | {"/robots.txt", "/sitemap.xml"}


def reachable_paths(site: SampleSite) -> set[str]:
    return {path for pages in site.pages.values() for path in pages}


def test_robots_txt_disallows_the_drafts_to_which_the_about_page_links(
    site: SampleSite, client: Client, content: SiteContent
) -> None:
    robots = Protego.parse(client.text(f"{site.blog}/robots.txt"))
    draft = f"{site.blog}{post_path(content.drafts[0])}"
    assert not robots.can_fetch(draft, "linernotes")
    assert robots.can_fetch(f"{site.blog}{post_path(content.posts[0])}", "linernotes")
    assert client.soup(f"{site.blog}/about/").select_one('main a[href="/drafts/"]')
    assert "status-draft" in client.text(draft)


def test_drafts_are_in_no_list_but_their_own(site: SampleSite, content: SiteContent) -> None:
    showing = [
        path
        for path, page in site.pages["blog"].items()
        for draft in content.drafts
        if draft.title in page.body.decode() and not path.startswith("/drafts/")
    ]
    assert showing == []


def test_the_feed_lists_every_post_newest_first(
    site: SampleSite, client: Client, content: SiteContent
) -> None:
    feed = feedparser.parse(client.text(f"{site.blog}/feed/"))
    assert not feed.bozo
    assert feed.version == "rss20"
    assert [entry.link for entry in feed.entries] == [
        f"{site.blog}{post_path(post)}" for post in content.posts
    ]
    assert [entry.title for entry in feed.entries] == [post.title for post in content.posts]
    assert all(
        entry.published_parsed[:3] == post.date.timetuple()[:3]
        for entry, post in zip(feed.entries, content.posts, strict=True)
    )
    assert all(len(entry.summary.split()) < 60 for entry in feed.entries)


def test_a_teaser_is_the_beginning_of_the_text_without_markup() -> None:
    body = "## A heading\n\nShe played *Juju*, loudly & twice.\n\nThen tea."
    assert teaser(body) == "She played Juju, loudly & twice. Then tea."
    assert teaser(body, words=3) == "She played Juju …"


def test_the_sitemap_lists_the_home_page_and_every_review(
    site: SampleSite, client: Client, content: SiteContent
) -> None:
    robots = Protego.parse(client.text(f"{site.magazine}/robots.txt"))
    (address,) = robots.sitemaps
    listed = [loc.text for loc in etree.fromstring(client.text(address).encode()).iter(f"{SITEMAP}loc")]
    assert {f"{site.magazine}/"} | {
        f"{site.magazine}{review_path(review)}" for review in content.reviews
    } <= set(listed)
    assert len(listed) == len(set(listed))
    assert [client.get(str(url))[0] for url in listed] == [200] * len(listed)


def test_a_review_carries_schema_org_data(site: SampleSite, client: Client, content: SiteContent) -> None:
    for review in content.reviews:
        script = client.soup(f"{site.magazine}{review_path(review)}").select_one(
            '[type="application/ld+json"]'
        )
        assert script is not None
        data = json.loads(script.get_text())
        assert data["@type"] == "Review"
        assert data["itemReviewed"]["byArtist"] == {"@type": "MusicGroup", "name": review.artists[0]}
        assert data["reviewRating"]["ratingValue"] == review.rating <= data["reviewRating"]["bestRating"] == 5
        assert data["author"]["name"] == review.author
        assert data["datePublished"] == review.date.isoformat()


def test_stars_are_text_too(site: SampleSite, client: Client) -> None:
    page = client.soup(f"{site.magazine}/reviews/wire-154/")
    stars = page.select_one("dd.stars")
    assert stars is not None
    assert (stars.get_text(), stars["aria-label"]) == ("★★★★½", "4.5 out of 5")


def test_one_review_is_reprinted_on_the_blog_later_and_without_a_canonical_link(
    site: SampleSite, client: Client, content: SiteContent
) -> None:
    (guest,) = [post for post in content.posts if post.preface]
    (review,) = [review for review in content.reviews if review.body == guest.body]
    page = client.soup(f"{site.blog}{post_path(guest)}")
    original = client.soup(f"{site.magazine}{review_path(review)}").select(".review-body p")
    assert guest.date > review.date
    assert page.select_one('[rel="canonical"]') is None
    assert [p.get_text() for p in page.select(".entry-content p")] == [
        guest.preface,
        *(p.get_text() for p in original),
    ]


def test_reply_links_show_the_post_again_and_point_back_to_it(
    site: SampleSite, client: Client, content: SiteContent
) -> None:
    post = next(post for post in content.posts if len(post.comments) > 1)
    address = f"{site.blog}{post_path(post)}"
    reply = client.soup(address).select_one(".comment-reply-link")
    assert reply is not None
    twin = urldefrag(urljoin(address, str(reply["href"]))).url
    canonical = client.soup(twin).select_one('[rel="canonical"]')
    assert "?replytocom=" in twin
    assert canonical is not None
    assert canonical["href"] == address


def test_a_post_tells_when_it_was_published_and_shows_its_comments(
    site: SampleSite, client: Client, content: SiteContent
) -> None:
    post = next(post for post in content.posts if post.comments)
    page = client.soup(f"{site.blog}{post_path(post)}")
    published = page.select_one('[property="article:published_time"]')
    assert published is not None
    assert str(published["content"]).startswith(post.date.isoformat())
    assert [c.get_text() for c in page.select("#comments .comment-content p")] == [
        c.text for c in post.comments
    ]


def test_a_thread_shows_who_wrote_what_and_when(
    site: SampleSite, client: Client, content: SiteContent
) -> None:
    thread = content.threads[0]
    page = client.soup(f"{site.board}/topic/{thread.slug}/")
    assert [name.get_text() for name in page.select(".username")] == [post.handle for post in thread.posts]
    assert [str(time["datetime"]) for time in page.select(".postmeta time")] == [
        post.written.isoformat() for post in thread.posts
    ]
    assert all(link["rel"] == ["nofollow"] for link in page.select(".username"))


def test_text_cannot_break_out_of_its_page(site: SampleSite) -> None:
    scripts = [
        (path, re.findall(r"<script[^>]*>", page.body.decode()))
        for pages in site.pages.values()
        for path, page in pages.items()
        if "html" in page.content_type
    ]
    assert {tuple(found) for _, found in scripts} == {(), ('<script type="application/ld+json">',)}


# --- the server --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "validator"), [("If-None-Match", "etag"), ("If-Modified-Since", "last-modified")]
)
def test_an_unchanged_page_is_not_sent_again(
    given: str, validator: str, site: SampleSite, client: Client
) -> None:
    _, headers, _ = client.get(f"{site.blog}/feed/")
    status, again, body = client.get(f"{site.blog}/feed/", {given: headers[validator]})
    assert (status, body) == (304, "")
    assert again["etag"] == headers["etag"]


def test_an_old_or_unreadable_validator_gets_the_page(site: SampleSite, client: Client) -> None:
    old = {"If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"}
    assert client.get(f"{site.blog}/", {"If-None-Match": '"other"'})[0] == 200
    assert client.get(f"{site.blog}/", old)[0] == 200
    assert client.get(f"{site.blog}/", {"If-Modified-Since": "yesterday"})[0] == 200


def test_an_unknown_path_is_not_found_and_a_missing_slash_redirects(site: SampleSite, client: Client) -> None:
    status, headers, _ = client.get(f"{site.blog}/about")
    assert client.get(f"{site.blog}/nowhere/")[0] == 404
    assert (status, headers["location"]) == (301, "/about/")


def test_head_sends_the_length_but_no_body(site: SampleSite, client: Client) -> None:
    status, headers, body = client.get(f"{site.board}/", method="HEAD")
    assert (status, body) == (200, "")
    assert int(headers["content-length"]) == len(site.pages["board"]["/"].body)


def test_requests_are_counted(site: SampleSite, client: Client) -> None:
    before = len(site.requests)
    client.get(f"{site.magazine}/?seen=1")
    (line,) = site.requests[before:]
    assert (line.outlet, line.method, line.path, line.status) == ("magazine", "GET", "/?seen=1", 200)


def test_leaving_the_context_closes_ports_and_connections() -> None:
    with serve_sample_site() as site:
        client = Client()
        client.text(f"{site.blog}/")
    (connection,) = client.connections.values()
    assert connection.sock is not None
    assert connection.sock.recv(1) == b""
    connection.close()
    with pytest.raises(ConnectionRefusedError):
        Client().get(f"{site.blog}/")


def test_a_taken_port_is_told_in_a_sentence(site: SampleSite) -> None:
    port = urlsplit(site.blog).port
    assert port is not None
    with (
        pytest.raises(SampleSiteError, match=rf"Port {port} of 127\.0\.0\.1 cannot be used"),
        serve_sample_site((port, 0, 0)),
    ):
        pass


def test_the_sources_are_a_feed_a_sitemap_and_a_site(site: SampleSite, client: Client) -> None:
    sources = sample_sources(site)
    assert [source.kind for source in sources] == ["feed", "sitemap", "site"]
    assert [client.get(source.url)[0] for source in sources] == [200, 200, 200]


# --- files -------------------------------------------------------------------------------------------------


def test_the_site_can_be_written_as_static_files(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["--write", str(tmp_path)])
    assert result.exit_code == 0
    assert (tmp_path / "blog" / "index.html").is_file()
    assert (tmp_path / "blog" / "feed" / "index.xml").is_file()
    assert (tmp_path / "magazine" / "reviews" / "wire-154" / "index.html").is_file()
    assert (tmp_path / "board" / "robots.txt").is_file()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("no front matter", "does not start with TOML front matter"),
        ("+++\ntitle = \n+++\ntext", "not TOML"),
        ('+++\ntitle = "A"\n+++\ntext', "no field 'date'"),
    ],
)
def test_a_broken_text_is_named_with_what_is_wrong(text: str, complaint: str, tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text("", encoding="utf-8")
    (tmp_path / "content" / "blog").mkdir(parents=True)
    (tmp_path / "content" / "blog" / "broken.md").write_text(text, encoding="utf-8")
    with pytest.raises(SampleSiteError, match=rf"broken\.md.*{complaint}"):
        load_content(tmp_path)
