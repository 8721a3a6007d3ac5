"""How tasks and measures are called and explained to a reader of tables and of the report."""

from __future__ import annotations

from linernotes.evaluation.records import ALL, Evaluation, Measurement, Task

TASKS: dict[Task, str] = {
    "similarity": "Similar artists",
    "descriptors": "Descriptors",
    "linking": "Whom a text is about",
    "mentions": "Names or words",
    "extraction": "Reading pages",
}
# The measure that breakdowns are drawn of.
HEADLINES: dict[Task, tuple[str, ...]] = {
    "similarity": ("ndcg_at_10", "ndcg_at_200"),
    "descriptors": ("recall_at_50", "known_at_20"),
    "linking": ("subject_right",),
    "mentions": ("precision", "recall"),
    "extraction": ("token_f1",),
}
NAMES = {
    "hit_at_10": "hit@10",
    "ndcg_at_10": "nDCG@10",
    "map_at_100": "MAP@100",
    "recall_at_100": "recall@100",
    "ndcg_at_200": "nDCG@200",
    "max_hub": "largest hub",
    "anti_hub": "anti-hubs",
    "recall_at_50": "recall@50",
    "known_at_20": "known@20",
    "inferred_at_50": "inferred@50",
    "token_f1": "token F1",
    "token_f1_median": "token F1, median",
}
MEANINGS = {
    "hit_at_10": "the share of the ten nearest that the truth names, of at most as many as it names",
    "ndcg_at_10": "the same with the first places counting most",
    "map_at_100": "the mean precision at the places of named artists among the first 100",
    "recall_at_100": "the share of the named artists among the first 100",
    "ndcg_at_200": "named artists among the first 200, the first places counting most",
    "max_hub": "how often the most frequent artist stands among others' ten nearest; lower is better",
    "anti_hub": "the share of artists that stand among nobody's ten nearest; lower is better",
    "recall_at_50": "the share of an artist's tags among its 50 strongest terms",
    "known_at_20": "the share of an artist's 20 strongest terms that anybody uses as a tag",
    "inferred_at_50": "the share of the 50 strongest terms that only texts about neighbours say",
    "subject_right": "the surest subject is the artist of the withheld label",
    "subject_among": "that artist is among the subjects",
    "without_subject": "the share of texts for which no subject is found",
    "precision": "of the places taken for an artist's name, the share that are",
    "recall": "of the places where an artist is meant, the share that are found",
    "page_stored": "the share of pages of which something is stored",
    "stored_once": "the share of pages of which exactly one thing is stored",
    "token_f1": "words of the stored text against those of the page's own text, mean over stored pages",
    "token_f1_median": "the same, median",
    "title_right": "the page's title stands in the stored one",
    "date_right": "the day of publication is right",
    "artist_right": "the surest subject is the page's artist",
}


def name_of(measure: str) -> str:
    """What a measure is called: nDCG@10, subject right."""
    return NAMES.get(measure, measure.replace("_", " "))


def shown_number(value: float) -> str:
    """A count with thousands separated, a share with three decimals."""
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"


def shown_interval(measured: Measurement) -> str:
    """From where to where the interval reaches; empty when there is none."""
    if measured.low is None or measured.high is None:
        return ""
    return f"{measured.low:.3f} to {measured.high:.3f}"


def compact_interval(measured: Measurement) -> str:
    """The same with a dash, where no minus sign stands beside it."""
    interval = shown_interval(measured)
    return interval if "-" in interval else interval.replace(" to ", "–")


def tasks_of(evaluation: Evaluation) -> list[Task]:
    """The tasks that were measured, in the order in which they are shown."""
    return [task for task in TASKS if any(each.task == task for each in evaluation.measurements)]


def counts_of(evaluation: Evaluation, task: Task) -> list[Measurement]:
    """The plain counts of a task: how many artists, queries, texts."""
    return [
        each
        for each in evaluation.measurements
        if each.task == task and each.group == ALL and each.measure not in MEANINGS
    ]
