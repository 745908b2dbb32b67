import type { Hex } from "../../hex.js";
import { isDead, type AssertionNode } from "../../node/assertions.js";
import type { RollupNode } from "../../node/node.js";
import { hashMachineState } from "../../machines/state.js";
import { assertionStatement, type Statement } from "../statement.js";
import type { AssertionRequest } from "../wire.js";
import type { Follower } from "./follower.js";
import { MemberError, Status } from "./memberError.js";

/** So many blocks behind an input L1 does not replace what was before it: two of the beacon chain's epochs. */
const FINAL_BLOCKS = 64n;

/**
 * What a member can sign of an assertion: that its node has computed the same, and that no reorganization of L1 changes it without changing the
 * inputs, by which statements are told apart.
 * @throws {MemberError} If it has not, or not yet.
 */
export async function judge({ node, failure }: Follower, request: AssertionRequest): Promise<Statement> {
  const parent = parentOf(node, request.parent, failure);
  requireExecuted(node, parent, failure);
  const state = await node.truth.stateAfter(parent);
  if (state === undefined) {
    throw new MemberError(Status.Conflict, "PARENT_FALSE", "What it stands on is not what this member has computed.", {
      parent: parent.id,
      given: parent.stateHash,
    });
  }
  const lastInput = node.derivation.inputHash(parent.next - 1n);
  if (lastInput !== request.lastInput) throw differs("LAST_INPUT_DIFFERS", "inputs", request.lastInput, lastInput);
  const computed = hashMachineState(state);
  if (computed !== request.stateHash) throw differs("STATE_DIFFERS", "state", request.stateHash, computed);
  await requireSettled(node, parent);
  return assertionStatement(request.rollup, request.parent, computed, lastInput);
}

function parentOf(node: RollupNode, id: Hex, failure: Error | undefined): AssertionNode {
  const parent = node.assertions.all().find((assertion) => assertion.id === id);
  if (parent === undefined) {
    throw new MemberError(Status.NotYet, "PARENT_UNKNOWN", "This member knows no such assertion yet.", {
      parent: id,
      reason: failure?.message,
    });
  }
  if (!isDead(parent, node.assertions.confirmed)) return parent;
  throw new MemberError(Status.Conflict, "PARENT_DEAD", "What it stands on can never be confirmed any more.", {
    parent: id,
    status: parent.status,
  });
}

function requireExecuted(node: RollupNode, parent: AssertionNode, failure: Error | undefined): void {
  const executed = node.executor.inputCount;
  if (executed >= parent.next) return;
  throw new MemberError(Status.NotYet, "NOT_EXECUTED", "This member has not executed all of its inputs yet.", {
    executed,
    needed: parent.next,
    reason: (failure ?? node.derivation.missing)?.message,
  });
}

/**
 * Where an input asks for a preimage, its outcome follows from whether that was published before it: a replaced block may change that and leave
 * the same inputs, and would make an honest member a liar.
 */
async function requireSettled({ chain, executor }: RollupNode, parent: AssertionNode): Promise<void> {
  let asking = parent.next - 1n;
  while (asking >= parent.end && !executor.execution(asking)?.asksPreimages) asking--;
  if (asking < parent.end) return;
  const { blockNumber } = executor.input(asking).header;
  const [head, final] = [BigInt(await chain.provider.getBlockNumber()), blockNumber + FINAL_BLOCKS];
  if (head >= final) return;
  const sentence = "An input asks for a preimage, and L1 might still replace the block that published it.";
  throw new MemberError(Status.NotYet, "PREIMAGE_FRESH", sentence, {
    input: asking,
    block: head,
    needed: final,
  });
}

function differs(code: string, what: string, given: Hex, computed: Hex): MemberError {
  return new MemberError(Status.Conflict, code, `This member has computed other ${what}.`, { given, computed });
}
