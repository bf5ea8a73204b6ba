"""Writes the sample again, byte for byte: `python make_sample.py` in this folder."""

import json
import random
from pathlib import Path

FIRST = "Ada Bruno Clara Dario Edith Felix Greta Hugo Irene Jonas Karla Leon Mira Nils Olga Paul Rosa Silas Tilda Viktor".split()
LAST = "Abel Berg Cole Dunn Ellis Frost Grant Holt Ivers Jansen Keller Lund Marsh North Olsen Price Quinn Reed Stone Vale".split()

# relation: (phrase, question, objects)
RELATIONS = {
    "home": (
        "lives in {what}",
        "Where does {who} live?",
        "Arden Bristow Calder Dorset Elmira Fenwick Garland Harlow Keswick Linden Morley Norwood Oakham Preston Ripley Selby".split(),
    ),
    "job": (
        "works as a {what}",
        "What is the job of {who}?",
        "baker carpenter dentist farmer gardener lawyer miner nurse painter pilot plumber porter sailor tailor teacher welder".split(),
    ),
    "pet": (
        "keeps a {what}",
        "Which animal does {who} keep?",
        "badger camel canary donkey ferret goat hamster horse lizard monkey parrot pony rabbit spider turtle zebra".split(),
    ),
    "music": (
        "plays the {what}",
        "Which instrument does {who} play?",
        "banjo bassoon bugle cello clarinet cornet fiddle flute guitar harp lute oboe organ piano trumpet viola".split(),
    ),
}

# (folder, what the answer is, seed, {split: paragraphs})
CONFIGURATIONS = (
    ("plain", "what", 1, {"train": 700, "validation": 50}),
    ("phrase", "phrase", 2, {"train": 150, "validation": 50}),
)
QUESTIONS_PER_PARAGRAPH = 2


def people_of(split: str) -> list[str]:
    """Every fifth pair of names is kept out of all training."""
    pairs = [(i + j, f"{first} {last}") for i, first in enumerate(FIRST) for j, last in enumerate(LAST)]
    return [name for number, name in pairs if (number % 5 == 0) == (split == "validation")]


def facts_of(who: str, rng: random.Random) -> list[dict]:
    facts = []
    for phrase, question, objects in RELATIONS.values():
        what = rng.choice(objects)
        facts.append({"phrase": phrase.format(what=what), "question": question.format(who=who), "what": what})
    rng.shuffle(facts)
    return facts


def paragraph(number: str, who: str, answer: str, rng: random.Random) -> dict:
    facts = facts_of(who, rng)
    context = " ".join(f"{who} {fact['phrase']}." for fact in facts)
    questions = []
    for index, fact in enumerate(rng.sample(facts, QUESTIONS_PER_PARAGRAPH)):
        start = context.index(fact["phrase"]) + fact["phrase"].index(fact[answer])
        answers = [{"text": fact[answer], "answer_start": start}]
        questions.append({"id": f"{number}-{index}", "question": fact["question"], "answers": answers})
    return {"context": context, "qas": questions}


def document(name: str, split: str, count: int, answer: str, rng: random.Random) -> dict:
    names = people_of(split)
    paragraphs = [paragraph(f"{name}-{split}-{index}", rng.choice(names), answer, rng) for index in range(count)]
    return {"version": "1.1", "data": [{"title": f"{name} {split}", "paragraphs": paragraphs}]}


def main() -> None:
    here = Path(__file__).parent
    for name, answer, seed, splits in CONFIGURATIONS:
        rng = random.Random(seed)
        (here / name).mkdir(exist_ok=True)
        for split, count in splits.items():
            text = json.dumps(document(name, split, count, answer, rng), separators=(",", ":"))
            (here / name / f"{split}.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
