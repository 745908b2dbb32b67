import type { Hex } from "../hex.js";

/** What a role spent on one transaction. */
export interface Spent {
  readonly gas: bigint;
  /** Gas times its price, in wei. */
  readonly fee: bigint;
  /** 131072 for each blob that it carried. */
  readonly blobGas: bigint;
  /** Blob gas times its price, in wei; not a part of `fee`. */
  readonly blobFee: bigint;
  /** Wei sent along: a bond or a deposit. */
  readonly value: bigint;
}

/** What a transaction will cost, told before it is sent. `gas` is an estimate. */
export interface Cost {
  readonly gas: bigint;
  /** At the current gas price, in wei. */
  readonly fee: bigint;
  /** 131072 for each blob. */
  readonly blobGas: bigint;
  /** At the current blob base fee, in wei; not a part of `fee`. */
  readonly blobFee: bigint;
  /** The bond or deposit, in wei. */
  readonly value: bigint;
}

/** What roles do to a chain, by name. */
export type ActionKind =
  | "deposit"
  | "message"
  | "drain"
  | "force"
  | "batch"
  | "assert"
  | "claim"
  | "prove"
  | "resolve"
  | "reclaim"
  | "attest"
  | "register"
  | "resign"
  | "rotate"
  | "slash"
  | "confirm"
  | "reject"
  | "collect"
  | "withdraw"
  | "fill"
  | "approve"
  | "vouch"
  | "execute";

/** What a role tells while it works. */
export type NodeEvent =
  | { readonly type: "sending"; readonly action: ActionKind; readonly text: string; readonly cost: Cost }
  | {
      readonly type: "sent";
      readonly action: ActionKind;
      readonly text: string;
      readonly hash: Hex;
      /** Block timestamp in seconds. */
      readonly timestamp: bigint;
      readonly spent: Spent;
    }
  /** Something was left undone, and why; never silent. */
  | { readonly type: "skipped"; readonly action: ActionKind; readonly text: string; readonly reason: string }
  /** Inputs were executed. */
  | { readonly type: "executed"; readonly inputs: bigint; readonly steps: bigint }
  /** The bytes of an input are nowhere to be found; nothing from it on is executed until they are. */
  | { readonly type: "missing"; readonly input: bigint; readonly reason: string }
  /** What posting a batch would cost, source by source, and where it goes. */
  | { readonly type: "compared"; readonly text: string }
  /** Another party's word was found to be wrong. */
  | { readonly type: "disagreed"; readonly text: string; readonly position: bigint }
  /** A transaction was sent again: a further attempt of which one is mined at most. */
  | { readonly type: "resent"; readonly text: string; readonly hash: Hex; readonly reason: string }
  /** Something that time does not help with and somebody has to look at. `until` is when it is too late, in seconds. */
  | { readonly type: "alarm"; readonly text: string; readonly until: bigint | undefined }
  /** Something failed that is tried again. */
  | { readonly type: "hindered"; readonly text: string; readonly reason: string }
  /** The settlement layer has replaced the blocks above `to`, up to `from` of which were read. */
  | { readonly type: "reorganized"; readonly from: number; readonly to: number }
  | { readonly type: "waiting"; readonly text: string; readonly until: bigint };

export type OnEvent = (event: NodeEvent) => void;
