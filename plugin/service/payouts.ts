import { bytesToHex, type Hex } from "../hex.js";
import { HttpError, Status } from "../http/httpError.js";
import type { MachineState } from "../machines/machine.js";
import { MerkleTree } from "../machines/merkle.js";
import type { AssertionNode } from "../node/assertions.js";
import type { KeptPayout, PayoutTable } from "./database/payoutTable.js";

/** Depth of a guest's tree of outputs. */
const DEPTH = 32;

/** What a contract on L1 is given to pay what a confirmed state says. */
export interface PayoutProof {
  readonly assertion: Hex;
  readonly state: MachineState;
  readonly payout: KeptPayout;
  /** The siblings of its leaf, from below. */
  readonly proof: readonly Hex[];
}

/** What a guest pays on L1, with proofs for those who take it. */
export class Payouts {
  private known: { readonly assertion: Hex; readonly tree: MerkleTree } | undefined;

  public constructor(
    private readonly table: PayoutTable,
    private readonly confirmed: () => AssertionNode,
  ) {}

  /** As `PayoutTable.before`. */
  public before(index: bigint, limit: number, recipient?: Hex): (KeptPayout & { readonly confirmed: boolean })[] {
    const { end } = this.confirmed();
    return this.table
      .before(index, limit, recipient)
      .map((payout) => ({ ...payout, confirmed: BigInt(payout.input) < end }));
  }

  /** @throws {HttpError} `PAYOUT_UNKNOWN`, `PAYOUT_NOT_CONFIRMED`, `GUEST_ROOT_DIFFERS`. */
  public prove(index: bigint): PayoutProof {
    const { id, state, end } = this.confirmed();
    const payout = this.table.get(index);
    if (payout === undefined) {
      throw new HttpError(Status.NotFound, "PAYOUT_UNKNOWN", "The chain pays nothing under this index.", {
        given: index,
      });
    }
    if (BigInt(payout.input) >= end) {
      const facts = { given: index, input: payout.input, confirmed: end };
      throw new HttpError(
        Status.Conflict,
        "PAYOUT_NOT_CONFIRMED",
        "The state that pays this is not confirmed yet.",
        facts,
      );
    }
    const tree = this.tree(id, end);
    const root = bytesToHex(tree.root());
    if (root !== state.outputRoot) {
      const facts = { given: root, expected: state.outputRoot };
      throw new HttpError(Status.Internal, "GUEST_ROOT_DIFFERS", "The guest publishes another root.", facts);
    }
    return { assertion: id, state, payout, proof: tree.siblings(Number(index)).map(bytesToHex) };
  }

  private tree(assertion: Hex, end: bigint): MerkleTree {
    if (this.known?.assertion !== assertion) {
      const leaves = this.table.leaves(this.table.countAt(end));
      this.known = { assertion, tree: MerkleTree.of(DEPTH, Buffer.concat(leaves)) };
    }
    return this.known.tree;
  }
}
