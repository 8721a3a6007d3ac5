"""Well-behaved sites: a magazine of thousands of articles, and many small hosts. All text is made up."""

from __future__ import annotations

from random import Random

from web.server import Page, Site, response

ROBOTS = "User-agent: *\nDisallow: /search\nDisallow: /private/\n"
# Each page links to it, and whoever obeys robots.txt never asks for it.
DISALLOWED = "/search?q=records"
_NOT_FOUND = response(b"<!doctype html><title>Not found</title><p>There is no such page.", 404)

_WORDS = """
a about above after again album all along also an and another any are around as at back band bass beat
became because been before began behind being below between bright brings built but by came can careful
chord chorus city close comes could dark days did different down drifts drum drums each early echo edge end
even ever every far feel few field first five for four from full gave gentle gives glass go good great group
grows guitar had half hand has have hear heard here high hold home hour hums idea if in into is it its keeps
kind knows label large last late lead least leave less life light like line listen little live long look
loud low made main make many may melody might mind moment more morning most moves much music name near never
new next night no noise nor not note now number of off often old on once one only open or other our out over
own part past patient people piano place plain plays point quiet rain rather record release remains rest
rhythm right rises river room round same says second seems series set shape she short should show side
silence simple since sing six slow small so soft some song songs soon sound space stay steady still street
string strings such summer synth take tape tells ten than that the their them then there these they thing
this those three through time to together tone took toward track turn two under until up upon us use verse
very voice voices walks want warm was watch way well went were what when where which while white whole wide
will wind winter with without word words work would years yet you
""".split()  # noqa: SIM905 - a table is easier to read than a list of literals


def prose(random: Random, words: int) -> str:
    """Return paragraphs of sentences, as HTML, that look like a review from afar."""
    paragraphs, left = [], words
    while left > 0:
        sentences = []
        for _ in range(min(6, 1 + left // 14)):
            chosen = random.choices(_WORDS, k=random.randint(8, 20))
            left -= len(chosen)
            sentences.append(" ".join(chosen).capitalize() + ".")
        paragraphs.append(f"<p>{' '.join(sentences)}</p>")
    return "\n".join(paragraphs)


class Magazine(Site):
    """A magazine of exactly `pages` pages, all reachable from `/`: articles, tags, sections and a home page.

    Articles are 10 to 15 KB with about 40 links: menu, tags, latest, related, the next and the previous one.
    """

    TAGS, PER_LIST = 40, 50

    def __init__(self, pages: int, seed: int = 1) -> None:
        self._random = Random(seed)
        # One list for each PER_LIST articles, the tags, and the home page.
        articles = (pages - 1 - self.TAGS) * self.PER_LIST // (self.PER_LIST + 1)
        self._lists = pages - 1 - self.TAGS - articles
        self._articles = [self._article_path(number) for number in range(articles)]
        self.pages = {path: Page.of(html, f'"{number:x}"') for number, (path, html) in enumerate(self._all())}
        self._robots = response(ROBOTS.encode(), 200, "text/plain")

    def answer(self, host: str, path: str, head: bytes) -> bytes:
        """Return a page of the magazine."""
        page = self.pages.get(path)
        if page is not None:
            return page.answer(head)
        return self._robots if path == "/robots.txt" else _NOT_FOUND

    def _article_path(self, number: int) -> str:
        words = "-".join(self._random.choices(_WORDS, k=4))
        return f"/reviews/{words}-{number}/"

    def _all(self) -> list[tuple[str, str]]:
        tags = [f"/tags/{word}/" for word in _WORDS[: self.TAGS]]
        whole = [("/", self._page("The Imaginary Magazine", self._items(tags)))]
        for number in range(self._lists):
            listed = self._articles[number * self.PER_LIST : (number + 1) * self.PER_LIST]
            whole.append((f"/sections/{number + 1}/", self._page("Reviews", self._items(listed))))
        for tag in range(self.TAGS):
            listed = self._articles[tag :: self.TAGS][: self.PER_LIST]
            whole.append((tags[tag], self._page(_WORDS[tag], self._items(listed))))
        return whole + [(path, self._article(number)) for number, path in enumerate(self._articles)]

    def _article(self, number: int) -> str:
        random = self._random
        beside = [self._articles[number - 1], self._articles[(number + 1) % len(self._articles)]]
        tags = "".join(
            f'<a href="/tags/{t}/" rel="tag">{t}</a> ' for t in random.sample(_WORDS[: self.TAGS], 4)
        )
        section, related = f"/sections/{number // self.PER_LIST + 1}/", random.sample(self._articles, 12)
        text = prose(random, random.randint(900, 1300))
        title = " ".join(random.choices(_WORDS, k=6)).title()
        return self._page(
            title,
            f'<article><h1>{title}</h1><p class="byline">By <span class="author">A. Writer</span>, '
            f'<time datetime="2019-0{number % 9 + 1}-1{number % 10}">2019</time></p>{text}'
            f'<p class="tags"><a href="{section}">Reviews</a> {tags}</p></article>'
            f'<nav class="beside">{self._items(beside)}</nav>'
            f'<section class="related"><h2>Related</h2>{self._items(related)}</section>',
        )

    def _page(self, title: str, main: str) -> str:
        return (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>{_STYLE}'
            f"</head><body>{self._menu()}<main>{main}</main>"
            f"<aside><h2>Latest</h2>{self._items(self._articles[:10])}</aside>"
            f'<footer><a href="{DISALLOWED}">Search</a> <a href="/">Home</a></footer></body></html>'
        )

    def _menu(self) -> str:
        sections = [f"/sections/{number + 1}/" for number in range(min(8, self._lists))]
        return f'<header><a href="/">Home</a><nav>{self._items(sections)}</nav></header>'

    def _items(self, paths: list[str]) -> str:
        return "<ul>" + "".join(f'<li><a href="{path}">{_label(path)}</a></li>' for path in paths) + "</ul>"


class ManyHosts(Site):
    """The same small site at every address: `/` and pages to `pages` of them in all, 10 links on each."""

    def __init__(self, pages: int, words: int = 120) -> None:
        self._pages = pages
        self._words = words
        self._robots = response(ROBOTS.encode(), 200, "text/plain")

    def paths(self) -> list[str]:
        """Return the paths that every host has."""
        return ["/"] + [f"/notes/{number}" for number in range(1, self._pages)]

    def answer(self, host: str, path: str, head: bytes) -> bytes:
        """Return a page of a host."""
        if path == "/robots.txt":
            return self._robots
        number = note_number(path)
        if not 0 <= number < self._pages:
            return _NOT_FOUND
        etag = f'"{host}-{number}"'
        return Page.of(self._html(host, number), etag).answer(head)

    def _html(self, host: str, number: int) -> str:
        linked = range(number * 10 + 1, min(number * 10 + 11, self._pages))
        links = "".join(f'<li><a href="/notes/{other}">Note {other}</a></li>' for other in linked)
        # Every text is another one: copies would be compared with each other.
        text = prose(Random(f"{host} {number}"), self._words)
        return (
            f"<!doctype html><title>Note {number} of {host}</title><nav><a href='/'>Home</a></nav>"
            f"<article><h1>Note {number} of {host}</h1>{text}</article><ul>{links}</ul>"
            f'<footer><a href="{DISALLOWED}">Search</a></footer>'
        )


def note_number(path: str) -> int:
    """Return which of a small site's pages a path names, 0 being the first; -1 when it is none of them."""
    if path == "/":
        return 0
    name = path.partition("?")[0].removeprefix("/notes/")
    return int(name) if name.isdecimal() else -1


def _label(path: str) -> str:
    return path.strip("/").rpartition("/")[2].replace("-", " ").title() or "Home"


_STYLE = (
    "<style>"
    + "".join(
        f".part-{n}{{margin:{n}px auto;color:#{n:02x}{n:02x}40;font-size:{12 + n}px}}" for n in range(24)
    )
    + "</style><script>window.settings={"
    + ",".join(f'"feature{n}":{{"enabled":true,"weight":{n}}}' for n in range(16))
    + "};</script>"
)
