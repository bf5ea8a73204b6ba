"""Exact match and F1 as the official SQuAD 2.0 script counts them."""

import re
import string
from collections import Counter

ARTICLES = re.compile(r"\b(a|an|the)\b")
PUNCTUATION = set(string.punctuation)


def normalize(text: str) -> str:
    text = "".join(char for char in text.lower() if char not in PUNCTUATION)
    return " ".join(ARTICLES.sub(" ", text).split())


def exact(gold: str, predicted: str) -> float:
    return float(normalize(gold) == normalize(predicted))


def f1(gold: str, predicted: str) -> float:
    gold_tokens, tokens = normalize(gold).split(), normalize(predicted).split()
    if not gold_tokens or not tokens:
        return float(gold_tokens == tokens)
    shared = sum((Counter(gold_tokens) & Counter(tokens)).values())
    if not shared:
        return 0.0
    precision, recall = shared / len(tokens), shared / len(gold_tokens)
    return 2 * precision * recall / (precision + recall)


def score_row(golds: list[str], predicted: str) -> tuple[float, float]:
    """The best over the answers; a question without answers wants an empty prediction."""
    wanted = [gold for gold in golds if normalize(gold)] or [""]
    return max(exact(gold, predicted) for gold in wanted), max(f1(gold, predicted) for gold in wanted)


def summarize(scores: list[tuple[float, float]], answerable: list[bool]) -> dict:
    values = group(scores, "")
    if not all(answerable):
        values |= group([score for score, has in zip(scores, answerable) if has], "HasAns_")
        values |= group([score for score, has in zip(scores, answerable) if not has], "NoAns_")
    return values


def group(scores: list[tuple[float, float]], prefix: str) -> dict:
    total = len(scores)
    if not total:
        return {}
    return {
        f"{prefix}exact": 100.0 * sum(exact for exact, _ in scores) / total,
        f"{prefix}f1": 100.0 * sum(f1 for _, f1 in scores) / total,
        f"{prefix}total": total,
    }
