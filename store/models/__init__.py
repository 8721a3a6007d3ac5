"""The schema. Consumers read the views of `store.views`; these tables are free to change by migration."""

from __future__ import annotations

from store.models.base import Base
from store.models.crawl import DomainRow, HostRow, JobLockRow, JobRunRow, PageBodyRow, PageRow, SourceRow
from store.models.documents import DocumentBandRow, DocumentRow, ForgottenRow
from store.models.mining import MentionRow, MinedDocumentRow, WordRow
from store.models.registry import ArtistAliasRow, ArtistRow
from store.models.release_parts import (
    ReleaseActivityRow,
    ReleaseArtistRow,
    ReleaseCandidateEvidenceRow,
    ReleaseCandidateRow,
    ReleaseComparisonRow,
    ReleaseMapRow,
    ReleaseOverrideRow,
    ReleaseRegionRow,
    ReleaseTermWeekRow,
)
from store.models.releases import (
    PublishedReleaseRow,
    ReleaseDescriptorRow,
    ReleaseEvidenceRow,
    ReleaseNeighbourRow,
    ReleaseRow,
    ReleaseTermRow,
    ReleaseVectorRow,
    ReleaseWordRow,
)

__all__ = [
    "ArtistAliasRow",
    "ArtistRow",
    "Base",
    "DocumentBandRow",
    "DocumentRow",
    "DomainRow",
    "ForgottenRow",
    "HostRow",
    "JobLockRow",
    "JobRunRow",
    "MentionRow",
    "MinedDocumentRow",
    "PageBodyRow",
    "PageRow",
    "PublishedReleaseRow",
    "ReleaseActivityRow",
    "ReleaseArtistRow",
    "ReleaseCandidateEvidenceRow",
    "ReleaseCandidateRow",
    "ReleaseComparisonRow",
    "ReleaseDescriptorRow",
    "ReleaseEvidenceRow",
    "ReleaseMapRow",
    "ReleaseNeighbourRow",
    "ReleaseOverrideRow",
    "ReleaseRegionRow",
    "ReleaseRow",
    "ReleaseTermRow",
    "ReleaseTermWeekRow",
    "ReleaseVectorRow",
    "ReleaseWordRow",
    "SourceRow",
    "WordRow",
]
