/** A command of a test file that did not end as it says. */
export interface Failure {
  /** Of the test's source. */
  readonly line: number;
  /** E.g. `assert_return` with what is called. */
  readonly command: string;
  readonly given: string;
  readonly expected: string;
}

/** What became of one file's commands. */
export interface FileReport {
  /** Path below the suite's folder. */
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly Failure[];
}

/** How many sampled steps were proved on chain, and which differed there. */
export interface OnChainReport {
  readonly steps: number;
  readonly failed: number;
  readonly failures: readonly string[];
}

/** What `rollup:conformance --json` prints. */
export interface SuiteReport {
  readonly machine: string;
  readonly files: readonly FileReport[];
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** By reason: how many commands were skipped for it. */
  readonly skippedFor: Readonly<Record<string, number>>;
  readonly onChain: OnChainReport;
}

/** How one command ended. */
export type Verdict =
  | { readonly kind: "passed" }
  | { readonly kind: "failed"; readonly given: string; readonly expected: string }
  | { readonly kind: "skipped"; readonly reason: string };

/** Collects a file's verdicts. */
export class FileTally {
  private passed = 0;
  private skipped = 0;
  private readonly failures: Failure[] = [];
  readonly skippedFor = new Map<string, number>();

  constructor(private readonly file: string) {}

  /** @param command The command, for people. */
  add(line: number, command: string, verdict: Verdict): void {
    if (verdict.kind === "passed") this.passed++;
    else if (verdict.kind === "failed") {
      this.failures.push({ line, command, given: verdict.given, expected: verdict.expected });
    } else {
      this.skipped++;
      this.skippedFor.set(verdict.reason, (this.skippedFor.get(verdict.reason) ?? 0) + 1);
    }
  }

  report(): FileReport {
    const { file, passed, skipped, failures } = this;
    return { file, passed, failed: failures.length, skipped, failures };
  }
}

/** The report on a whole suite. */
export function sumUp(machine: string, tallies: readonly FileTally[], onChain: OnChainReport): SuiteReport {
  const files = tallies.map((tally) => tally.report());
  const sum = (key: "passed" | "failed" | "skipped"): number => files.reduce((total, file) => total + file[key], 0);
  const skippedFor: Record<string, number> = {};
  for (const { skippedFor: reasons } of tallies) {
    for (const [reason, count] of reasons) skippedFor[reason] = (skippedFor[reason] ?? 0) + count;
  }
  return {
    machine,
    files,
    passed: sum("passed"),
    failed: sum("failed"),
    skipped: sum("skipped"),
    skippedFor,
    onChain,
  };
}
