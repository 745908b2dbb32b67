import { RollupError } from "../../errors.js";
import { wordOf, type Hex } from "../../hex.js";
import type { Program, Snapshot } from "../../machines/machine.js";
import { ETHER } from "../../node/outputs.js";
import { queryInput } from "../query.js";
import { decodeLedgerLog, type LedgerAccount } from "./log.js";

/** Enough to look at every record of the ledger's table. */
const QUERY_BUDGET = 2n ** 22n;

/**
 * Asks the ledger for an account of ether, or of another token: a copy of the machine takes an input that is a query, which is answered by a log and rejected.
 * @param program The ledger's.
 * @param snapshot Of a machine of that program that waits, e.g. an executor's boundary. It stays as it is.
 * @throws {RollupError} `LEDGER_QUERY_UNANSWERED` if the program is not the ledger.
 */
export function queryLedgerAccount(
  program: Program,
  snapshot: Snapshot,
  address: Hex,
  token: Hex = ETHER,
): LedgerAccount {
  const answers: (LedgerAccount | undefined)[] = [];
  const machine = program.start({
    log: ({ data }) => {
      const log = decodeLedgerLog(data);
      answers.push(log?.kind === "account" ? log.account : undefined);
    },
  });
  machine.restore(snapshot);
  const question = encodeLedgerQuery(address, token);
  machine.deliver(queryInput(question, machine.state().inputCount, QUERY_BUDGET));
  machine.run(Number(QUERY_BUDGET) + 1);
  const [answer] = answers;
  if (answer === undefined || machine.outcome !== "rejected") {
    throw new RollupError("LEDGER_QUERY_UNANSWERED", "The guest does not answer the ledger's query.", {
      given: program.hash,
      expected: "the program of guests/ledger",
      outcome: machine.outcome,
    });
  }
  return answer;
}

/** The input that asks for an account; of ether, where it is of one word. */
export function encodeLedgerQuery(address: Hex, token: Hex = ETHER): Uint8Array {
  return new Uint8Array(Buffer.concat([BigInt(address), BigInt(token)].map(wordOf)));
}
