"""Pages in the shapes that publishing software gives them, with writing of our own."""

from __future__ import annotations

import json

URL = "https://mag.example/reviews/low-tide/"

PARAGRAPHS = (
    "The second record by Harbour Lights opens with a drone that could be a ferry leaving, and for a minute "
    "nothing else happens. Then the bass walks in, unhurried, and the whole room tilts towards the water.",
    "What has changed is the drumming. On the debut it kept time; here it argues with the guitars, "
    "drops out in the middle of a verse and comes back a beat late, as if it had been looking out of "
    "the window.",
    "Not every song needs its six minutes, and the closing ballad mistakes slowness for depth. But the "
    "middle third is the warmest and strangest music this band has put on tape, and it rewards patience.",
)
TEXT = "\n".join(PARAGRAPHS)


def body(paragraphs: tuple[str, ...] = PARAGRAPHS) -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


def json_ld(*nodes: object) -> str:
    return "".join(f'<script type="application/ld+json">{json.dumps(node)}</script>' for node in nodes)


def article_page(*, head: str = "", title: str = "Low Tide", text: str = "", after: str = "") -> bytes:
    head = f"<head><meta charset='utf-8'><title>{title}</title>{head}</head>"
    return (
        f"<!doctype html><html lang='en'>{head}<body>"
        "<header><nav><a href='/'>Home</a> <a href='/reviews/'>Reviews</a></nav></header>"
        f"<main><article><h1>{title}</h1>{text or body()}</article>{after}</main>"
        "<footer>© 2009 Harbour Media</footer></body></html>"
    ).encode()


def teaser(number: int, *, tag: str = "article", words: int = 20) -> str:
    excerpt = " ".join(f"word{number}x{index}" for index in range(words))
    link = f"/reviews/record-{number}/"
    return f"<{tag} class='post'><h2><a href='{link}'>Record number {number}</a></h2><p>{excerpt}</p></{tag}>"


def listing_page(entries: int = 6, *, head: str = "", tag: str = "article", words: int = 20) -> bytes:
    teasers = "".join(teaser(number, tag=tag, words=words) for number in range(entries))
    return (
        f"<!doctype html><html lang='en'><head><title>Reviews</title>{head}</head><body>"
        f"<main><h1>Reviews</h1>{teasers}</main></body></html>"
    ).encode()
