"""The documents that a page is: one, or one for each post, passage and for the comments."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from crawler.extraction.records import ExtractedPage
from crawler.extraction.series import thread_url
from store.records import Document

# Shorter texts are error messages, captions and consent notices; the shortest review of the Audioxide archive
# has 105 words, and a single article of the extraction benchmark fewer than 25.
MIN_WORDS = 25


def to_documents(page: ExtractedPage, *, url: str, page_id: int | None = None) -> list[Document]:
    """Return the documents that an extracted page at `url` is, each under an address of its own.

    A thread gives a document for each post; a list one for each passage, and one at `url` for what stands
    before them; any other page one at `url`. Comments of readers are one document at `url#comments`. The
    artist named by the page's own schema.org Review becomes the label; the title alone never does.
    """
    whole = Document(
        url=url,
        text=page.text,
        source=urlsplit(url).netloc,
        title=page.title,
        author=page.author,
        published=page.published,
        language=page.language,
        label=page.review_artist,
        page_id=page_id,
    )
    if page.posts:
        return _posts(page, whole)
    own = _passages(page, whole) if page.passages else [_article(page, whole)]
    return [*own, *_comments(page, whole)]


def _article(page: ExtractedPage, whole: Document) -> Document:
    return replace(whole, kind=page.kind, reviewed_work=page.reviewed_work, rating=page.rating)


def _posts(page: ExtractedPage, whole: Document) -> list[Document]:
    canonical = page.canonical_url
    thread = thread_url(canonical if canonical and _on_one_host(canonical, whole.url) else whole.url)
    return [
        replace(
            whole,
            url=f"{whole.url}{post.address}" if post.address.startswith("#") else post.address,
            text=post.text,
            kind="post",
            thread=thread,
            author=post.author,
            published=post.published,
        )
        for post in page.posts
    ]


def _passages(page: ExtractedPage, whole: Document) -> list[Document]:
    lead = [replace(whole, text=page.lead)] if len(page.lead.split()) >= MIN_WORDS else []
    return lead + [
        replace(
            whole,
            url=f"{whole.url}#{passage.slug}",
            text=passage.text,
            title=passage.heading,
            kind="passage",
            thread=whole.url,
        )
        for passage in page.passages
    ]


def _comments(page: ExtractedPage, whole: Document) -> list[Document]:
    if page.comments is None:
        return []
    said = replace(whole, url=f"{whole.url}#comments", text=page.comments, kind="comments", thread=whole.url)
    return [replace(said, author=None, published=None)]


def _on_one_host(canonical: str, url: str) -> bool:
    return urlsplit(canonical).netloc == urlsplit(url).netloc
