/** One word of a goal, as the later stages see it. */
export interface Word {
  /** Without surrounding punctuation and quotes. */
  readonly text: string;
  readonly lower: string;
  readonly quoted: boolean;
  /** Whether a comma, full stop, colon or semicolon follows. */
  readonly breakAfter: boolean;
}

/** Longest goal that is read, in characters; what is beyond is asked about instead of planned. */
export const MAX_GOAL_LENGTH = 16_384;

// Every quantifier is bounded or runs over a negated class, so that reading is linear in the length of the goal.
const WORD = /"([^"\n]{1,512})"|'([^'\n]{1,512})'(?![A-Za-z0-9])|`([^`\n]{1,512})`|[^\s"`]+/g;
const OPENING = "([{<'\"`*";
const CLOSING = ")]}>'\"`*,;:.!?";

/** Splits a goal into words; quoted text is one word. */
export function splitWords(goal: string): readonly Word[] {
  const text = straighten(goal.slice(0, MAX_GOAL_LENGTH));
  const words: Word[] = [];
  for (const match of text.matchAll(WORD)) {
    const quoted = match[1] ?? match[2] ?? match[3];
    const next = text[match.index + match[0].length] ?? "";
    if (quoted === undefined)
      words.push(
        ...splitPair(match[0])
          .map(plainWord)
          .filter((word) => word.text !== ""),
      );
    else words.push(make(quoted.trim(), true, ",;.".includes(next) && next !== ""));
    if (/^[,;:.!?]+$/.test(match[0]) && words.length > 0) words.push({ ...words.pop()!, breakAfter: true });
  }
  return words;
}

function straighten(text: string): string {
  return text
    .replaceAll(/[\u2018\u2019\u201b]/g, "'")
    .replaceAll(/[\u201c\u201d\u201e]/g, '"')
    .replaceAll(/[\u2010-\u2015\u2212]/g, "-");
}

function plainWord(raw: string): Word {
  let start = 0;
  let end = raw.length;
  while (start < end && OPENING.includes(raw[start]!)) start += 1;
  while (end > start && CLOSING.includes(raw[end - 1]!)) end -= 1;
  return make(raw.slice(start, end), false, /[,;:.!?]/.test(raw.slice(end)));
}

/** `model=org/name` reads as `model org/name`: what it names is found by its shape, like any other name. */
function splitPair(raw: string): readonly string[] {
  const match = /^-{0,2}(base_model|model|dataset|data|config|path)[=:](?!\/\/)(.{1,512})$/i.exec(raw);
  return match ? [match[1]!, match[2]!] : [raw];
}

function make(text: string, quoted: boolean, breakAfter: boolean): Word {
  const lower = text.toLowerCase();
  return { text, lower, quoted, breakAfter };
}
