"""What a page says of itself in schema.org terms: JSON-LD, microdata and RDFa (https://schema.org/Review)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crawler.extraction.markup import tidy_line

if TYPE_CHECKING:
    from lxml.html import HtmlElement

Node = dict[str, Any]

ARTICLES = frozenset(
    {"Article", "NewsArticle", "BlogPosting", "ReviewNewsArticle", "OpinionNewsArticle", "TechArticle"}
    | {"ScholarlyArticle", "Report", "SocialMediaPosting", "CriticReview"}
)
LISTS = frozenset({"CollectionPage", "SearchResultsPage", "ItemList", "ProfilePage"})
_REVIEWS = frozenset({"Review", "CriticReview", "ReviewNewsArticle", "UserReview", "MediaReview"})
_ARTISTS = frozenset({"MusicGroup", "Person", "PerformingGroup", "Organization"})
_ARTIST_PROPERTIES = ("byArtist", "performer", "creator", "author", "musicBy")
# Where the artist of a track or release stands when it does not stand at the thing itself.
_WORK_PROPERTIES = ("inAlbum", "albumRelease", "releaseOf", "recordingOf")
_NO_ARTIST = frozenset({"various", "various artists", "va", "v/a", "unknown", "unknown artist"})
_SCHEMA = re.compile(r"^(?:https?://(?:www\.)?schema\.org/|schema:)", re.I)
# Attributes that begin an item, name its types and name a property.
_MICRODATA = ("itemscope", "itemtype", "itemprop")
_RDFA = ("typeof", "typeof", "property")
_WRAPPING = re.compile(r"^\s*(?://)?\s*(?:<!\[CDATA\[|<!--)|(?://)?\s*(?:\]\]>|-->)\s*;?\s*$")
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
# Deeper nesting than any real page has; a hostile one may go on without end.
_MAX_DEPTH = 24
_MAX_NODES = 5_000
# schema.org assumes 5 when bestRating is missing; scores above that are out of ten or a hundred.
_USUAL_BEST = (5.0, 10.0, 100.0)


@dataclass(frozen=True, slots=True)
class Review:
    """A review as the page marks it up. `rating` is a share of the best possible, 0 to 1."""

    work: str | None = None
    artist: str | None = None
    rating: float | None = None
    author: str | None = None


def nodes_of(tree: HtmlElement) -> list[Node]:
    """Return the page's top-level schema.org things, JSON-LD first; markup that cannot be read is skipped.

    Every node is a dict with its types under "@type" as a list; references by "@id" are followed.
    """
    found = [node for script in tree.iterfind(".//script") for node in _json_ld(script)]
    known = {node["@id"]: node for node in found if isinstance(node.get("@id"), str) and len(node) > 2}
    found += [_item(element, _MICRODATA, 0) for element in tree.xpath("//*[@itemscope][not(@itemprop)]")]
    items = tree.xpath("//*[@typeof][not(@property)]")
    found += [_item(element, _RDFA, 0) for element in items if _is_schema_rdfa(element)]
    return [_resolved(node, known, 0) for node in found[:_MAX_NODES]]


def types_of(node: object) -> frozenset[str]:
    """The types of a node without the vocabulary's address; none for anything that is not a node."""
    given = node.get("@type") if isinstance(node, dict) else None
    return frozenset(_SCHEMA.sub("", item) for item in _as_list(given) if isinstance(item, str))


def value_of(node: Node, *names: str) -> str | None:
    """The first of the properties that is text, or the name of a thing."""
    for name in names:
        for item in _as_list(node.get(name)):
            if text := _name_of(item):
                return text
    return None


def names_of(value: object) -> list[str]:
    """The distinct names in a property such as `author`, in the page's order."""
    return list(dict.fromkeys(name for item in _as_list(value) if (name := _name_of(item))))


def articles_in(nodes: list[Node]) -> list[Node]:
    """The articles that the page is, or lists: at top level and in the lists of collections."""
    listed = ("itemListElement", "hasPart", "blogPost", "blogPosts", "mainEntity", "mainContentOfPage")
    queue = list(nodes)
    articles: list[Node] = []
    while queue and len(articles) < _MAX_NODES:
        node = queue.pop(0)
        if types_of(node) & ARTICLES:
            articles.append(node)
            continue
        parts = [item for name in listed for item in _as_list(node.get(name)) if isinstance(item, dict)]
        queue += [part["item"] if isinstance(part.get("item"), dict) else part for part in parts]
    return articles


def main_article(articles: list[Node], titles: list[str]) -> Node | None:
    """Return the article that the page itself is: the only one, or the one that bears the page's title."""
    if len(articles) == 1:
        return articles[0]
    pages = [_folded(title) for title in titles]
    for article in articles:
        headline = _folded(value_of(article, "headline", "name") or "")
        if headline and any(title.startswith(headline) for title in pages):
            return article
    return None


def review_of(nodes: list[Node]) -> Review | None:
    """Return the page's review, or None. Several reviews of one thing give their mean rating."""
    reviews = [_read_review(node, parent) for node, parent in _reviews_in(nodes)]
    works = {review.work for review in reviews if review.work}
    if not reviews or len(works) > 1:  # a list of reviews of different works says nothing of this page
        return None
    ratings = [review.rating for review in reviews if review.rating is not None]
    artists = {review.artist for review in reviews if review.artist}
    return Review(
        work=works.pop() if works else None,
        artist=artists.pop() if len(artists) == 1 else None,
        rating=sum(ratings) / len(ratings) if ratings else None,
        author=reviews[0].author if len(reviews) == 1 else None,
    )


def normalised_rating(rating: object) -> float | None:
    """Return a schema.org Rating as a share of the best possible, 0 to 1, or None if it makes no sense.

    A worst rating that the page states is 0 on our scale; where it states none, the scale is taken to
    begin at 0, because sites that score out of ten or a hundred rarely state it.
    """
    node = rating if isinstance(rating, dict) else {"ratingValue": rating}
    numbers = _numbers(node.get("ratingValue"))
    if not numbers:
        return None
    value, stated = numbers[0], (_numbers(node.get("bestRating")) or numbers[1:])
    best = stated[0] if stated else next((best for best in _USUAL_BEST if value <= best), None)
    worst = (_numbers(node.get("worstRating")) or [0.0])[0]
    if best is None or best <= worst or not worst <= value <= best:
        return None
    return (value - worst) / (best - worst)


def _json_ld(script: HtmlElement) -> Iterator[Node]:
    if "ld+json" not in (script.get("type") or "").lower():
        return
    try:
        data = json.loads(_WRAPPING.sub("", script.text_content()).rstrip("; \n"), strict=False)
    except (ValueError, RecursionError):
        return
    for item in _as_list(data):
        if isinstance(item, dict):
            graph = [node for node in _as_list(item.get("@graph")) if isinstance(node, dict)]
            yield from graph or [item]


def _is_schema_rdfa(element: HtmlElement) -> bool:
    """Whether the types of an RDFa item are schema.org's: by a prefix or by the nearest `vocab`."""
    if _SCHEMA.match(element.get("typeof")):
        return True
    vocabularies = element.xpath("ancestor-or-self::*[@vocab][1]/@vocab")
    return bool(vocabularies) and "schema.org" in vocabularies[-1]


def _item(element: HtmlElement, attributes: tuple[str, str, str], depth: int) -> Node:
    """Read one item of microdata or RDFa Lite.

    See https://html.spec.whatwg.org/multipage/microdata.html#values and https://www.w3.org/TR/rdfa-lite/.
    """
    scope, types, properties = attributes
    node: Node = {"@type": (element.get(types) or "").split()}
    stack = list(element)[::-1]
    while stack and depth < _MAX_DEPTH:
        child = stack.pop()
        if not isinstance(child.tag, str):
            continue
        is_item = child.get(scope) is not None
        names = (child.get(properties) or "").split()
        value = (_item(child, attributes, depth + 1) if is_item else _item_value(child)) if names else None
        for name in names:
            node.setdefault(_SCHEMA.sub("", name), []).append(value)
        if not is_item:
            stack += list(child)[::-1]
    return node


def _item_value(element: HtmlElement) -> str:
    for attribute in ("content", "datetime", "href", "src", "value"):
        if element.get(attribute) is not None and (attribute != "href" or element.tag in {"a", "link"}):
            linked_name = attribute == "href" and element.tag == "a" and element.text_content().strip()
            return str(linked_name or element.get(attribute))
    return str(element.text_content()).strip()


def _resolved(value: Any, known: dict[str, Node], depth: int) -> Any:  # noqa: ANN401 - JSON is of any shape
    if depth > _MAX_DEPTH:
        return None
    if isinstance(value, list):
        return [_resolved(item, known, depth + 1) for item in value[:_MAX_NODES]]
    if not isinstance(value, dict):
        return value
    if set(value) <= {"@id", "@type"} and value.get("@id") in known:
        # One step is enough for names; following further could go in circles.
        return known[value["@id"]]
    return {name: _resolved(item, known, depth + 1) for name, item in value.items()}


def _reviews_in(nodes: list[Node]) -> Iterator[tuple[Node, Node | None]]:
    """Yield each review with the thing whose property it is."""
    queue: list[tuple[Node, Node | None]] = [(node, None) for node in nodes if not types_of(node) & LISTS]
    while queue:
        node, parent = queue.pop(0)
        if types_of(node) & _REVIEWS:
            yield node, parent
            continue
        for name in ("review", "reviews", "mainEntity", "about", "itemReviewed", "blogPost"):
            owner = None if name in {"mainEntity", "blogPost"} else node
            queue += [(item, owner) for item in _as_list(node.get(name)) if isinstance(item, dict)]


def _read_review(node: Node, parent: Node | None) -> Review:
    reviewed = next((item for item in _as_list(node.get("itemReviewed")) if isinstance(item, dict)), None)
    within_article = bool(parent and types_of(parent) & ARTICLES)
    thing = reviewed or (parent if parent and not within_article else None)
    work = value_of(thing, "name", "headline") if thing else value_of(node, "itemReviewed")
    if work is None and within_article:
        work = value_of(node, "name")
    is_artist = bool(thing and types_of(thing) & _ARTISTS)
    ratings = _as_list(node.get("reviewRating")) or _as_list(node.get("rating"))
    return Review(
        work=None if is_artist else work,
        artist=work if is_artist else _artist_of(thing, 0),
        rating=normalised_rating(ratings[0]) if ratings else None,
        author=", ".join(names_of(node.get("author"))) or None,
    )


def _artist_of(thing: Node | None, depth: int) -> str | None:
    """The artist that the page names for a work; several are joined as billings are, with "&"."""
    if thing is None or depth > 3:
        return None
    for name in _ARTIST_PROPERTIES:
        names = [artist for artist in names_of(thing.get(name)) if artist.casefold() not in _NO_ARTIST]
        if names:
            return " & ".join(names)
    works = [
        item for name in _WORK_PROPERTIES for item in _as_list(thing.get(name)) if isinstance(item, dict)
    ]
    return next((artist for work in works if (artist := _artist_of(work, depth + 1))), None)


def _folded(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _name_of(item: object) -> str | None:
    if isinstance(item, dict):
        item = next((name for name in _as_list(item.get("name")) if isinstance(name, str)), None)
    name = tidy_line(item)
    return None if name is None or name.startswith(("http://", "https://", "#")) else name


def _numbers(value: object) -> list[float]:
    text = " ".join(str(item) for item in _as_list(value) if isinstance(item, str | int | float))
    return [float(number.replace(",", ".")) for number in _NUMBER.findall(text)]


def _as_list(value: Any) -> list[Any]:  # noqa: ANN401 - JSON is of any shape
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
