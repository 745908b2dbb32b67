import type { DayEnd } from "./dayEnd.js";
import { JUMP } from "./scriptedDay.js";

/** Something that is not as it must be. */
export interface Finding {
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

/** What is wrong with a day's end, by itself and beside that of a day on which nobody was killed. */
export function findingsOf(end: DayEnd, untouched: DayEnd): Finding[] {
  const findings: Finding[] = [];
  const expect = (what: string, expected: unknown, found: unknown): void => {
    const [wanted, is] = [expected, found].map((value) => String(value));
    if (wanted !== is) findings.push({ what, expected: wanted, found: is });
  };
  const once = (times: readonly number[]): number[] => times.filter((time) => time !== 1);
  expect("balances and nonces", untouched.ledger, end.ledger);
  expect("what the node says of them", end.ledger, end.served);
  expect("accepted transactions that are not in one input", "", once(end.occurrences));
  expect("transactions in inputs", end.occurrences.length, end.included);
  expect("deposits", untouched.deposits, end.deposits);
  expect("assertions made twice", "", once(end.assertions));
  expect("claims made twice", "", once(end.claims));
  expect("lies", untouched.lies, end.lies);
  expect("lies that were told", true, end.lies.length > 0 && end.answers.length > 1);
  expect("wei of bonds that are nowhere", 0n, end.adrift);
  expect("exit status in the end", 0, end.status);
  expect("files put aside", false, end.damaged);
  for (const { what, took, allowed } of end.answers) {
    // The clock jumps only after the node had its time.
    if (took === undefined || took >= JUMP)
      expect(`${what} is answered in time`, `below ${JUMP} of ${allowed} s`, took);
  }
  for (const { name, reverted, repeated, unknown, open, missing, unexplained } of end.accounts) {
    expect(`transactions of the ${name} that reverted`, "", reverted);
    expect(`transactions of the ${name} that were repeated`, "", repeated);
    expect(`transactions of the ${name} that its journal does not know`, "", unknown);
    expect(`transactions of the ${name} that are in no block`, "", missing);
    expect(`open intents of the ${name}`, "", open);
    expect(`wei of the ${name} that are not explained`, 0n, unexplained);
  }
  return findings;
}
