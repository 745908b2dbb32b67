import { claimsUnder } from "../../dispute/strategy.js";
import { bytesToHex, hexToBytes, type Hex } from "../../hex.js";
import { HttpError, Status } from "../../http/httpError.js";
import type { AcceptedTransaction } from "../database/transactionTable.js";
import type { NodeService } from "../nodeService.js";
import { clocksOf } from "../serviceStatus.js";

/** What became of a transaction, one after the other; refused ones end where they are. */
export type TransactionState = "accepted" | "batched" | "included" | "confirmed" | "refused";

/** What a node says of a user's transaction. */
export interface TransactionAnswer {
  readonly hash: Hex;
  readonly state: TransactionState;
  /** The input that it is in. */
  readonly input: number | undefined;
  /** Why it was refused. */
  readonly reason: string | undefined;
  /** In milliseconds. */
  readonly acceptedAt: number;
}

/** @throws {HttpError} `TRANSACTION_UNKNOWN`. */
export function describeTransaction({ node, transactions }: NodeService, hash: Hex): TransactionAnswer {
  const found = transactions.get(hash);
  if (found === undefined) {
    throw new HttpError(Status.NotFound, "TRANSACTION_UNKNOWN", "This node has accepted no such transaction.", {
      given: hash,
    });
  }
  const { input, refusal: reason, acceptedAt } = found;
  return { hash, state: stateOf(found, confirmedInputs(node)), input, reason, acceptedAt };
}

/** What the guest answers at the chain's head. */
export async function answerQuery({ head }: NodeService, data: Hex, steps: number | undefined): Promise<unknown> {
  const { outcome, logs, steps: taken, inputs } = await head.query(hexToBytes(data), steps);
  return { outcome, logs: logs.map(bytesToHex), steps: taken, inputs: Number(inputs) };
}

/** All assertions, the last one first. */
export function describeAssertions({ node }: NodeService, limit: number): unknown[] {
  const all = node.assertions.all().slice(-limit).reverse();
  return all.map(({ id, parent, author, stateHash, first, end, status, createdAt }) => ({
    ...{ assertion: id, parent: parent?.id, author, stateHash, first, end, status, createdAt },
    claims: claimsUnder(node.claims, id).length,
  }));
}

/**
 * The claims under an assertion, with their clocks.
 * @param now Of the settlement layer, in seconds.
 * @throws {HttpError} `ASSERTION_UNKNOWN`.
 */
export function describeDispute({ node }: NodeService, id: Hex, now: bigint): unknown {
  const assertion = node.assertions.all().find((each) => each.id === id);
  if (assertion === undefined) {
    throw new HttpError(Status.NotFound, "ASSERTION_UNKNOWN", "There is no such assertion.", { given: id });
  }
  const claims = claimsUnder(node.claims, id);
  return {
    assertion: id,
    status: assertion.status,
    now,
    open: clocksOf(claims).map((clock) => ({ ...clock, left: clock.deadline > now ? clock.deadline - now : 0n })),
    claims: claims.map(({ id: claim, claim: said, author, createdAt, deadline, status, opponent }) => ({
      ...{ claim, level: said.level, index: said.index, author, createdAt, deadline, status },
      against: opponent?.id ?? id,
    })),
  };
}

/** How many inputs a confirmed state has taken, as far as is known: nothing is before the first look at the settlement layer. */
function confirmedInputs({ assertions }: NodeService["node"]): bigint {
  return assertions.all().length === 0 ? 0n : assertions.confirmed.end;
}

function stateOf({ batch, input, refusal }: AcceptedTransaction, confirmed: bigint): TransactionState {
  if (refusal !== undefined) return "refused";
  if (input !== undefined) return BigInt(input) < confirmed ? "confirmed" : "included";
  return batch === undefined ? "accepted" : "batched";
}
