"""The Second Side, the magazine: star-rated reviews with schema.org data, critics' pages and a sitemap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linernotes.sample_site.content import Review
from linernotes.sample_site.pages import (
    HTML,
    TEXT,
    XML,
    Outlets,
    Page,
    Pages,
    midnight,
    render,
    slugify,
    stylesheet,
)

STARS = 5
REVIEWS_ON_HOME = 12
MORE_REVIEWS = 4


def magazine_pages(outlets: Outlets) -> Pages:
    """Every page of the magazine by path."""
    magazine = _Magazine(outlets)
    return magazine.home() | magazine.reviews() | magazine.critics() | magazine.about() | magazine.files()


def review_path(review: Review) -> str:
    """Where a review stands."""
    return f"/reviews/{review.slug}/"


def critic_path(author: str) -> str:
    """Where a critic's reviews are listed."""
    return f"/critics/{slugify(author)}/"


def review_data(review: Review, base: str, publisher: str) -> Mapping[str, Any]:
    """A review as schema.org/Review in JSON-LD."""
    artists = [{"@type": "MusicGroup", "name": artist} for artist in review.artists]
    return {
        "@context": "https://schema.org",
        "@type": "Review",
        "url": f"{base}{review_path(review)}",
        "name": review.title,
        "description": review.standfirst,
        "datePublished": review.date.isoformat(),
        "author": {"@type": "Person", "name": review.author, "url": f"{base}{critic_path(review.author)}"},
        "publisher": {"@type": "Organization", "name": publisher},
        "itemReviewed": {
            "@type": "MusicAlbum",
            "name": review.album,
            "byArtist": artists[0] if len(artists) == 1 else artists,
            "datePublished": str(review.year),
            "recordLabel": {"@type": "Organization", "name": review.label},
        },
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": review.rating,
            "bestRating": STARS,
            "worstRating": 0,
        },
    }


class _Magazine:
    """Renders one group of pages a method; holds what every page's frame needs."""

    def __init__(self, outlets: Outlets) -> None:
        content = outlets.content
        self.all = content.reviews
        self.authors = sorted({review.author for review in self.all})
        self.modified = midnight(self.all[0].date)
        self.frame: dict[str, Any] = {
            "site": content.settings["magazine"],
            "outlets": outlets,
            "base": outlets.magazine,
            "review_path": review_path,
            "critic_path": critic_path,
        }

    def home(self) -> dict[str, Page]:
        """The newest reviews, and all of them by name."""
        newest = self._page("magazine/home.html", path="/", reviews=self.all[:REVIEWS_ON_HOME])
        by_name = sorted(self.all, key=lambda review: review.title.casefold())
        return {
            "/": newest,
            "/reviews/": self._page("magazine/index.html", path="/reviews/", reviews=by_name),
        }

    def reviews(self) -> dict[str, Page]:
        """One page a review."""
        return {
            review_path(review): render(
                "magazine/review.html",
                midnight(review.date),
                **self.frame,
                path=review_path(review),
                review=review,
                more=self._others(position),
                data=review_data(review, self.frame["base"], self.frame["site"]["title"]),
            )
            for position, review in enumerate(self.all)
        }

    def critics(self) -> dict[str, Page]:
        """One page a critic."""
        return {
            critic_path(author): self._page(
                "magazine/critic.html",
                path=critic_path(author),
                author=author,
                reviews=[review for review in self.all if review.author == author],
            )
            for author in self.authors
        }

    def about(self) -> dict[str, Page]:
        """Who writes here, and what the stars mean."""
        return {"/about/": self._page("magazine/about.html", path="/about/", authors=self.authors)}

    def files(self) -> dict[str, Page]:
        """What programs ask for: robots.txt, the sitemap, the style sheet."""
        return {
            "/robots.txt": self._page("magazine/robots.txt", TEXT),
            "/sitemap.xml": self._page("magazine/sitemap.xml", XML, reviews=self.all, authors=self.authors),
            "/style.css": stylesheet(self.modified),
        }

    def _others(self, position: int) -> list[Review]:
        """The reviews that follow in time, for the sidebar; after the oldest it starts over."""
        around = self.all[position + 1 :] + self.all[:position]
        return list(around[:MORE_REVIEWS])

    def _page(self, template: str, content_type: str = HTML, **values: object) -> Page:
        return render(template, self.modified, content_type, **self.frame, **values)
