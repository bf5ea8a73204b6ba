import type * as z from "zod";

/** What a schema says about a value, as one sentence; unions and keys say what each option wanted. */
export function issueText(issue: z.core.$ZodIssue): string {
  const inner =
    issue.code === "invalid_union" ? issue.errors.flat() : issue.code === "invalid_key" ? issue.issues : [];
  if (inner.length === 0) return issue.message;
  const wanted = [...new Set(inner.map(issueText))].join(", or ");
  return issue.code === "invalid_key" ? `the name ${wanted}` : wanted;
}

/** Everything a schema says, with its places, in one line. */
export function listIssues({ issues }: { readonly issues: readonly z.core.$ZodIssue[] }): string {
  return issues.map((issue) => `\`${issue.path.join(".")}\`: ${issueText(issue)}`).join("; ");
}
