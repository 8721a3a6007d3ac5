from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import BadUrl
from crawler.urls import canonical_url, in_scope, looks_like_page, origin_of, same_site

PATHS = st.text(alphabet=string.ascii_letters + string.digits + "-._~%/!$&'()*+,;=:@é漢 \\[]|", max_size=40)
QUERIES = st.text(alphabet=string.ascii_letters + string.digits + "=&%+;/?é _", max_size=30)
HOSTS = st.sampled_from(["h.org", "H.ORG.", "h.org:80", "h.org:8080", "[::1]", "[0:0::1]:8080", "bücher.de"])


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("HTTP://Example.ORG", "http://example.org/"),
        ("http://example.org:80/a", "http://example.org/a"),
        ("https://example.org:443/a", "https://example.org/a"),
        ("http://example.org:443/a", "http://example.org:443/a"),
        ("http://example.org/a/../b/./c", "http://example.org/b/c"),
        ("http://example.org/../../a", "http://example.org/a"),
        ("http://example.org/a/..", "http://example.org/"),
        ("http://example.org/a#part", "http://example.org/a"),
        ("http://example.org/a?", "http://example.org/a"),
        ("http://example.org/?utm_source=x&id=7&fbclid=y", "http://example.org/?id=7"),
        ("http://example.org/?b=1&a=2", "http://example.org/?b=1&a=2"),
        ("http://example.org/?gid=4&source=radio", "http://example.org/?gid=4&source=radio"),
        ("http://example.org/?PHPSESSID=0123456789abcdef01", "http://example.org/"),
        ("http://example.org/?sid=42", "http://example.org/?sid=42"),
        ("http://example.org/a;jsessionid=0A1B?x=1", "http://example.org/a?x=1"),
        ("http://example.org/%7eme/caf\u00e9", "http://example.org/~me/caf%C3%A9"),
        ("http://example.org/a b", "http://example.org/a%20b"),
        ("http://example.org/100%", "http://example.org/100%25"),
        ("http://b\u00fccher.de/", "http://xn--bcher-kva.de/"),
        ("http://[0:0:0:0:0:0:0:1]:8080/", "http://[::1]:8080/"),
        ("  http://example.org/a\n", "http://example.org/a"),
        ("http://example.org/index.html", "http://example.org/index.html"),
    ],
)
def test_a_page_has_one_spelling(written: str, canonical: str) -> None:
    assert canonical_url(written) == canonical


@pytest.mark.parametrize("escape", ["%3F", "%2F", "%23", "%26", "%25", "%3D"])
def test_reserved_characters_stay_escaped(escape: str) -> None:
    url = f"http://example.org/index.html{escape}p=177.html"
    assert canonical_url(url) == url
    assert canonical_url(url.lower()) == url


@pytest.mark.parametrize(
    ("reference", "resolved"),
    [
        ("../x%3Fp=1.html", "http://h/a/x%3Fp=1.html"),
        ("?page=2", "http://h/a/b/c?page=2"),
        ("", "http://h/a/b/c?q=1/2"),
        ("//other/x", "http://other/x"),
        ("/x", "http://h/x"),
        ("https://h/x", "https://h/x"),
    ],
)
def test_references_are_resolved_against_their_page(reference: str, resolved: str) -> None:
    assert canonical_url(reference, "http://h/a/b/c?q=1/2") == resolved


@pytest.mark.parametrize(
    "url",
    [
        "mailto:a@b.org",
        "javascript:void(0)",
        "ftp://h/x",
        "http:///x",
        "http://h:99999/",
        "http://h:x/",
        "http://a b/",
        "//h/x",
        "x",
        "",
        "http://[::1/",
        "http://h/" + "x" * 3000,
        "http://-/",
        "http://h/\x00a",
    ],
)
def test_what_is_no_web_page_is_refused(url: str) -> None:
    with pytest.raises(BadUrl):
        canonical_url(url)


def test_credentials_are_refused_and_not_repeated() -> None:
    with pytest.raises(BadUrl, match="credentials") as caught:
        canonical_url("http://ann:secret@h/x")
    assert "secret" not in str(caught.value)


@given(host=HOSTS, path=PATHS, query=QUERIES)
def test_canonical_form_is_a_fixed_point(host: str, path: str, query: str) -> None:
    try:
        once = canonical_url(f"http://{host}/{path}?{query}")
    except BadUrl:
        return
    assert canonical_url(once) == once
    assert canonical_url(once, "http://elsewhere/") == once
    assert once.isascii()


@given(st.text(max_size=60))
def test_any_text_is_a_url_or_refused(text: str) -> None:
    for base in (None, "http://h/a/b"):
        try:
            assert canonical_url(text, base).startswith(("http://", "https://"))
        except BadUrl as error:
            assert str(error)


@pytest.mark.parametrize("name", ["a.JPG", "style.css", "x.mp3", "cover.jpg%3Fv=1", "a.tar.gz"])
def test_obvious_files_are_no_pages(name: str) -> None:
    assert not looks_like_page(f"http://h/{name}")


@pytest.mark.parametrize(
    "name", ["", "a.html", "a.php?img=x.jpg", "index.html%3Fp=1.html", "v1.2", "mr.-oizo", "feed.xml"]
)
def test_anything_else_may_be_a_page(name: str) -> None:
    assert looks_like_page(f"http://h/{name}")


def test_scope_is_host_port_and_whole_folders() -> None:
    assert in_scope("http://h:81/blog/a", "http://h:81/blog/")
    assert in_scope("http://h:81/blog", "http://h:81/blog/")
    assert in_scope("https://h/x", "http://h/")
    assert not in_scope("http://h:81/blogger/", "http://h:81/blog")
    assert not in_scope("http://h:82/blog/a", "http://h:81/blog/")
    assert not in_scope("http://www.h/blog/a", "http://h/")


def test_a_site_includes_its_subdomains() -> None:
    assert same_site("http://www.h.org/", "https://h.org/")
    assert same_site("http://blog.h.org/", "https://h.org/")
    assert not same_site("http://myh.org/", "https://h.org/")


def test_origin_keeps_an_unusual_port_only() -> None:
    assert origin_of(canonical_url("http://h:80/x")) == "http://h"
    assert origin_of(canonical_url("http://h:8080/x")) == "http://h:8080"
