"""Train the model of musicality: ``python -m nlp.musicality.train`` writes `weights.tsv` anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from nlp.musicality import INTERCEPT
from nlp.musicality.features import features
from nlp.tokens import tokenize

FOLDER = Path(__file__).parent
# Words of fewer training texts are left to the classes; chosen among 2 and 3.
_FEWEST_TEXTS = 3
# Inverse strength of regularisation; chosen among 1, 3 and 10.
_C = 1.0


@dataclass(frozen=True, slots=True)
class TrainingText:
    """A text, whether it is about music, and what kind of text it is ("review", "recipe")."""

    about_music: bool
    kind: str
    text: str

    @property
    def words(self) -> list[str]:
        """Its words as the miner reads them."""
        return [word for word in tokenize(self.text).words if word]


def training_texts() -> list[TrainingText]:
    """Return the texts of the package."""
    lines = (FOLDER / "texts.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return [TrainingText(label == "music", kind, text) for label, kind, text in rows]


def train(texts: Sequence[TrainingText]) -> dict[str, float]:
    """Return the weight of each feature and of the intercept; the same texts give the same weights."""
    found = [features(text.words) for text in texts]
    spread = Counter(name for each in found for name in each)
    kept = [{k: v for k, v in each.items() if k[0] == "(" or spread[k] >= _FEWEST_TEXTS} for each in found]
    vectorizer = DictVectorizer(sparse=False)
    model = LogisticRegression(C=_C, class_weight="balanced", max_iter=5_000)
    model.fit(vectorizer.fit_transform(kept), [text.about_music for text in texts])
    weights = dict(zip(vectorizer.get_feature_names_out(), model.coef_[0].tolist(), strict=True))
    return {INTERCEPT: float(model.intercept_[0])} | weights


def main() -> None:
    """Write the weights, rounded so that another processor writes the same file."""
    rows = [f"{name}\t{weight:.3f}" for name, weight in train(training_texts()).items()]
    (FOLDER / "weights.tsv").write_text("\n".join(["feature\tweight", *rows]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
