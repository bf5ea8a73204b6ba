import { describe, it } from "vitest";

/** One rule of a contract, checked against a fresh subject. */
export interface ConformanceCase<T> {
  /** Stable: skips name it, and a published id keeps its meaning. */
  readonly id: string;
  /** Rejects when the subject breaks the rule. */
  readonly run: (subject: T) => Promise<void>;
}

/** A case an adapter cannot pass, and why. */
export interface ConformanceSkip {
  readonly id: string;
  /** Shown beside the skipped case; must not be empty. */
  readonly reason: string;
}

/** Registers the cases with vitest, each with a subject of its own that `run` makes and disposes of. */
export function describeCases<C extends { readonly id: string }>(
  name: string,
  cases: readonly C[],
  skip: readonly ConformanceSkip[],
  run: (one: C) => Promise<void>,
): void {
  const reasons = skipReasons(cases, skip);
  describe(name, () => {
    for (const one of cases) {
      const reason = reasons.get(one.id);
      if (reason === undefined) it(one.id, () => run(one));
      else it.skip(`${one.id} (${reason})`, () => run(one));
    }
  });
}

/** The reasons by case id. Throws for an id no case has, a skip without a reason, and a case skipped twice. */
function skipReasons(
  cases: readonly { readonly id: string }[],
  skip: readonly ConformanceSkip[],
): ReadonlyMap<string, string> {
  const ids = cases.map(({ id }) => id);
  const reasons = new Map<string, string>();
  for (const { id, reason } of skip) {
    if (!ids.includes(id)) throw new Error(`No case \`${id}\` to skip; the cases are ${ids.join(", ")}.`);
    if (reason.trim() === "") throw new Error(`Case \`${id}\` is skipped without a reason; say why.`);
    if (reasons.has(id)) throw new Error(`Case \`${id}\` is skipped twice; give one reason.`);
    reasons.set(id, reason);
  }
  return reasons;
}
