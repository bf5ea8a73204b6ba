/** What a gateway hands to a supervisor over its standard input; holds secrets, so it is never written down. */
export interface Supervision {
  readonly id: string;
  readonly token: string;
  readonly command: readonly [string, ...string[]];
  readonly workdir: string;
  /** The job's environment besides its temporary folder. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs?: number | undefined;
  readonly memoryBytes?: number | undefined;
  readonly orphanGraceMs: number;
  readonly stopGraceMs: number;
  readonly memoryPollMs: number;
  readonly maxOutputBytes: number;
}

/** A supervisor's one answer on its standard output: the job runs, or why it does not. */
export type StartReport =
  { readonly started: true } | { readonly started: false; readonly code: string; readonly message: string };
