const ENDINGS = [
  "izations",
  "isations",
  "ization",
  "isation",
  "ations",
  "ation",
  "ings",
  "ing",
  "ions",
  "ion",
  "ied",
  "ies",
  "ers",
  "er",
  "ed",
  "es",
  "s",
  "e",
  "y",
];

/**
 * Cuts the ending off an English word, so that `summarizes`, `summarising` and `summarization` meet. Coarse on purpose:
 * it only has to bring the words of a goal and of a tool together.
 */
export function stem(word: string): string {
  const lower = word.toLowerCase().replaceAll(/is(e|es|ed|ing|ation|ations)$/g, "iz$1");
  for (const ending of ENDINGS) {
    if (lower.endsWith(ending) && lower.length - ending.length >= 3) {
      const cut = lower.slice(0, -ending.length);
      return ending.startsWith("iz") || ending.startsWith("is") ? `${cut}iz` : undouble(cut);
    }
  }
  return lower;
}

function undouble(word: string): string {
  return /([bdgmnprt])\1$/.test(word) ? word.slice(0, -1) : word;
}

/** Whether two words have a stem in common, or one abbreviates the other (`env`, `environment`). */
export function sameWord(a: string, b: string): boolean {
  const [x, y] = [stem(a), stem(b)];
  if (x === y) return true;
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short.length >= 3 && long.length - short.length >= 4 && long.startsWith(short);
}

const STOP_WORDS = new Set(
  (
    "a an the this that these those it its them they of for to in on at by with from and or then also too as into over my our your " +
    "is are be was were will would should can could i we you me us please want need like so such some any all each every both " +
    "do does did make made using use used run via after before afterwards finally first next now once when let lets let's how " +
    "just only again same new own one ones which what well there here if not no out up"
  ).split(" "),
);

/** True for words that carry no meaning of their own in a goal. */
export function isStopWord(word: string): boolean {
  return STOP_WORDS.has(word);
}
