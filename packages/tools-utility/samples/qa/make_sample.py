"""Writes the sample again, byte for byte: `python make_sample.py` in this folder."""

import json
import random
from pathlib import Path

FIRST = "Ada Bruno Clara Dario Edith Felix Greta Hugo Irene Jonas Karla Leon Mira Nils Olga Paul Rosa Silas Tilda Viktor".split()
LAST = "Abel Berg Cole Dunn Ellis Frost Grant Holt Ivers Jansen Keller Lund Marsh North Olsen Price Quinn Reed Stone Vale".split()

# relation: (sentence, question, objects)
RELATIONS = {
    "home": (
        "{who} lives in {what}.",
        "Where does {who} live?",
        "Arden Bristow Calder Dorset Elmira Fenwick Garland Harlow Keswick Linden Morley Norwood Oakham Preston Ripley Selby".split(),
    ),
    "job": (
        "{who} works as a {what}.",
        "What is the job of {who}?",
        "baker carpenter dentist farmer gardener lawyer miner nurse painter pilot plumber porter sailor tailor teacher welder".split(),
    ),
    "pet": (
        "{who} keeps a {what}.",
        "Which animal does {who} keep?",
        "badger camel canary donkey ferret goat hamster horse lizard monkey parrot pony rabbit spider turtle zebra".split(),
    ),
    "music": (
        "{who} plays the {what}.",
        "Which instrument does {who} play?",
        "banjo bassoon bugle cello clarinet cornet fiddle flute guitar harp lute oboe organ piano trumpet viola".split(),
    ),
}

# (folder, answers are whole sentences, seed, {split: paragraphs})
CONFIGURATIONS = (
    ("plain", False, 1, {"train": 600, "validation": 50}),
    ("sentence", True, 2, {"train": 150, "validation": 50}),
)
QUESTIONS_PER_PARAGRAPH = 2


def people_of(split: str) -> list[str]:
    """Every fifth pair of names is kept out of all training."""
    pairs = [(i + j, f"{first} {last}") for i, first in enumerate(FIRST) for j, last in enumerate(LAST)]
    return [name for number, name in pairs if (number % 5 == 0) == (split == "validation")]


def facts_of(people: list[str], rng: random.Random) -> list[dict]:
    facts = []
    relations = rng.sample(sorted(RELATIONS), 2)
    for relation in relations:
        sentence, question, objects = RELATIONS[relation]
        for who, what in zip(people, rng.sample(objects, len(people))):
            facts.append({"sentence": sentence.format(who=who, what=what), "question": question.format(who=who), "what": what})
    rng.shuffle(facts)
    return facts


def paragraph(number: str, people: list[str], whole_sentence: bool, rng: random.Random) -> dict:
    facts = facts_of(people, rng)
    context = " ".join(fact["sentence"] for fact in facts)
    questions = []
    for index, fact in enumerate(rng.sample(facts, QUESTIONS_PER_PARAGRAPH)):
        start = context.index(fact["sentence"])
        text = fact["sentence"] if whole_sentence else fact["what"]
        answer = {"text": text, "answer_start": start + fact["sentence"].rindex(text)}
        questions.append({"id": f"{number}-{index}", "question": fact["question"], "answers": [answer]})
    return {"context": context, "qas": questions}


def document(name: str, split: str, count: int, whole_sentence: bool, rng: random.Random) -> dict:
    names = people_of(split)
    paragraphs = [
        paragraph(f"{name}-{split}-{index}", rng.sample(names, 2), whole_sentence, rng) for index in range(count)
    ]
    return {"version": "1.1", "data": [{"title": f"{name} {split}", "paragraphs": paragraphs}]}


def main() -> None:
    here = Path(__file__).parent
    for name, whole_sentence, seed, splits in CONFIGURATIONS:
        rng = random.Random(seed)
        (here / name).mkdir(exist_ok=True)
        for split, count in splits.items():
            text = json.dumps(document(name, split, count, whole_sentence, rng), separators=(",", ":"))
            (here / name / f"{split}.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
