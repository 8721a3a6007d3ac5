"""Deciding which documents are originals, by comparing with originals alone.

In order of rank, a class of documents with the same digest is a copy of the best original that it is a near
copy of, or else an original. A copy decides nothing about others; so only originals are candidates for new
texts, and ten thousand texts that differ in a word are ten thousand comparisons instead of fifty million.
Originals and copies bear their bands apart (`store.documents.insert_bands`), and copies are looked up only
when an original is new, to see whether it is a better one for them.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection

from crawler.documents.duplicates import (
    Candidate,
    Fingerprint,
    Shingles,
    are_copies,
    fingerprints,
    rank,
    shingles_of,
    words_of,
)
from store import documents as stored
from store.documents import CopyFacts

Rank = tuple[object, ...]


def settle_copies(
    connection: Connection,
    digests: Iterable[str],
    fresh: Collection[int],
    known: Mapping[str, Fingerprint] | None = None,
) -> None:
    """Decide anew about the documents of these digests, and about all others that this concerns.

    `fresh` are the documents whose former standing counts for nothing: new and changed ones, and copies of
    a document that is gone. `known` are fingerprints that were computed already, by digest.
    """
    settling = _Settling(connection, frozenset(fresh), known or {})
    settling.consider(digests)
    settling.decide_all()
    settling.reassign_copies()
    settling.store()


class _Settling:
    """The classes looked at so far; each is known by its digest."""

    def __init__(
        self, connection: Connection, fresh: frozenset[int], known: Mapping[str, Fingerprint]
    ) -> None:
        self._connection = connection
        self._fresh = fresh
        self._facts: dict[str, list[CopyFacts]] = {}
        self._members: dict[str, list[Candidate]] = {}  # best first
        self._bands = {digest: found.bands for digest, found in known.items()}
        self._labels: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._shingles: dict[str, Shingles] = {}
        self._originals: defaultdict[int, set[str]] = defaultdict(set)  # by band
        self._queue: list[tuple[Rank, str]] = []
        self._queued: set[str] = set()
        self._decided: dict[str, str | None] = {}

    def consider(self, digests: Iterable[str]) -> None:
        """Put classes into the queue, with all originals that share a band with one of them."""
        new = {digest for digest in digests if digest not in self._queued or digest in self._decided}
        if not new:
            return
        self._load(new)
        new &= self._members.keys()
        self._queued |= new
        for digest in new:
            self._decided.pop(digest, None)
            heapq.heappush(self._queue, (self._rank(digest), digest))
        bands = {band for digest in new for band in self._bands[digest]}
        rows = stored.digests_of_bands(self._connection, bands)
        self._load({digest for _, digest in rows})
        for band, digest in rows:
            if self._decided[digest] is None if digest in self._decided else self._stands(digest):
                self._originals[band].add(digest)

    def decide_all(self) -> None:
        """Decide about the queued classes, the best first."""
        while self._queue:
            _, digest = heapq.heappop(self._queue)
            if digest not in self._decided:
                self._decide(digest)

    def _decide(self, digest: str) -> None:
        near = self._near(digest, {other for band in self._bands[digest] for other in self._originals[band]})
        mine = self._rank(digest)
        better = [other for other in near if self._rank(other) < mine]
        original = min(better, key=self._rank) if better else None
        self._decided[digest] = original
        for band in self._bands[digest]:
            if original is None:
                self._originals[band].add(digest)
            else:
                self._originals[band].discard(digest)
        self.consider(self._followers(digest))
        if original is None:
            self.consider(other for other in near if self._rank(other) > mine)

    def _followers(self, digest: str) -> set[str]:
        """The classes that point at a document which is no original any more."""
        head = self._members[digest][0].id if self._decided[digest] is None else None
        lost = [
            item.id
            for item in self._facts[digest]
            if item.duplicate_of is None and item.id != head and item.id not in self._fresh
        ]
        if not lost:
            return set()
        found = set(stored.copies_of(self._connection, lost).values()) - {digest}
        return {other for other in found if self._decided.get(other, digest) == digest}

    def reassign_copies(self) -> None:
        """Give the copies that an original which is new as such is better for to it."""
        promoted = [digest for digest, found in self._decided.items() if found is None]
        promoted = [digest for digest in promoted if not self._stood_unchanged(digest)]
        sharing: defaultdict[int, set[str]] = defaultdict(set)
        for digest in promoted:
            for band in self._bands[digest]:
                sharing[band].add(digest)
        rivals: defaultdict[str, set[str]] = defaultdict(set)
        for band, digest in stored.digests_of_bands(self._connection, sharing, of_copies=True):
            if digest not in self._decided:
                rivals[digest] |= sharing[band]
        self._load(rivals)
        present = self._present_originals(rivals)
        for digest, others in rivals.items():
            better = [o for o in self._near(digest, others) if self._rank(o) < present[digest]]
            if better:
                self._decided[digest] = min(better, key=self._rank)

    def _present_originals(self, digests: Iterable[str]) -> dict[str, Rank]:
        """For each class of copies the rank of the class it is a copy of now."""
        pointing = {digest: self._facts[digest][0].duplicate_of for digest in digests}
        owners = stored.digests_of(self._connection, {key for key in pointing.values() if key is not None})
        self._load(owners.values())
        return {
            digest: self._rank(owners[key]) if key is not None else self._rank(digest)
            for digest, key in pointing.items()
        }

    def store(self) -> None:
        """Write what has changed: the originals of documents, and under what their bands are kept."""
        originals: dict[int, int | None] = {}
        for digest, original in self._decided.items():
            head = self._members[original or digest][0].id
            for item in self._facts[digest]:
                chosen = None if item.id == head else head
                if item.duplicate_of != chosen:
                    originals[item.id] = chosen
        stored.set_originals(self._connection, originals)
        for copies in (False, True):
            moved = [d for d, found in self._decided.items() if (found is not None) == copies]
            moved = [d for d in moved if self._bands[d] and self._has_moved(d)]
            ids = [item.id for digest in moved for item in self._facts[digest]]
            stored.delete_bands(self._connection, ids)
            bands = {self._facts[digest][0].id: self._bands[digest] for digest in moved}
            stored.insert_bands(self._connection, bands, of_copies=copies)

    def _has_moved(self, digest: str) -> bool:
        settled = [item for item in self._facts[digest] if item.id not in self._fresh]
        return not settled or self._stands(digest) != (self._decided[digest] is None)

    def _stands(self, digest: str) -> bool:
        """Whether the class was an original before."""
        facts = self._facts.get(digest, ())
        return any(item.duplicate_of is None and item.id not in self._fresh for item in facts)

    def _stood_unchanged(self, digest: str) -> bool:
        head = self._members[digest][0].id
        return head not in self._fresh and any(
            item.id == head and item.duplicate_of is None for item in self._facts[digest]
        )

    def _load(self, digests: Iterable[str]) -> None:
        missing = set(digests) - self._members.keys()
        if not missing:
            return
        facts: defaultdict[str, list[CopyFacts]] = defaultdict(list)
        for item in stored.facts_of_digests(self._connection, missing):
            facts[item.digest].append(item)
        named = stored.named_canonical(self._connection, (i.url for known in facts.values() for i in known))
        texts = stored.texts_of_documents(self._connection, [known[0].id for known in facts.values()])
        unread = [digest for digest in facts if digest not in self._bands]
        prints = fingerprints(texts[facts[digest][0].id] for digest in unread)
        self._bands |= {digest: found.bands for digest, found in zip(unread, prints, strict=True)}
        for digest in facts:
            label, text = texts[facts[digest][0].id]
            self._labels[digest], self._texts[digest] = " ".join(words_of(label or "")), text
            candidates = [
                Candidate(i.id, i.url, i.digest, i.published, i.url in named) for i in facts[digest]
            ]
            self._facts[digest], self._members[digest] = facts[digest], sorted(candidates, key=rank)

    def _rank(self, digest: str) -> Rank:
        return rank(self._members[digest][0])

    def _near(self, digest: str, others: Iterable[str]) -> list[str]:
        """Those of the others that the class is a near copy of."""
        return [other for other in others if other != digest and self._alike(digest, other)]

    def _alike(self, one: str, other: str) -> bool:
        """Texts labelled with different artists are no copies; one without a label may be one of any."""
        labels: Mapping[str, str] = self._labels
        if labels[one] and labels[other] and labels[one] != labels[other]:
            return False
        return are_copies(self._shingles_of(one), self._shingles_of(other))

    def _shingles_of(self, digest: str) -> Shingles:
        if digest not in self._shingles:
            self._shingles[digest] = shingles_of(words_of(self._texts[digest]))
        return self._shingles[digest]
