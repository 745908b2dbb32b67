import { AbiCoder } from "ethers";

import { RollupError } from "../errors.js";
import { bytesToHex, type Hex } from "../hex.js";
import { INPUT_KINDS, type InputHeader } from "../input.js";
import type { RollupNode } from "./node.js";
import { rejectionsOf, type Rejection } from "./rejections.js";
import type { Done, Sender } from "./sender.js";

/** Inputs that one transaction goes past on its way through the chain of rejections: 100 kB of calldata. */
const LINKS_PER_TRANSACTION = 3_000;

/** A deposit that the guest has not taken. */
export interface RejectedDeposit {
  /** Its input's number. */
  readonly input: bigint;
  readonly depositor: Hex;
  /** Who was to get it on the chain. */
  readonly recipient: Hex;
  readonly token: Hex;
  readonly amount: bigint;
}

/** The deposits that the guest has rejected in the confirmed state and that were not paid back, those of `depositor` if one is given. */
export async function rejectedDeposits(node: RollupNode, depositor?: Hex): Promise<RejectedDeposit[]> {
  const found: RejectedDeposit[] = [];
  for (const { number } of confirmedRejections(node)) {
    const { header, data } = node.executor.input(number);
    if (header.kind !== "deposit" || (depositor !== undefined && header.sender !== depositor.toLowerCase())) continue;
    if (await node.chain.contracts.bridge.isReclaimed(number)) continue;
    found.push({ input: number, depositor: header.sender, ...depositOf(data) });
  }
  return found;
}

/**
 * Has a rejected deposit paid back: its place in the chain of rejections is shown, in as many transactions as that takes, then the deposit.
 * @param to Who is paid; the depositor if absent, and anybody else only where the depositor sends.
 * @throws {RollupError} `NOT_REJECTED` if no confirmed state has rejected the input.
 */
export async function reclaim(node: RollupNode, sender: Sender, input: bigint, to?: Hex): Promise<Done[]> {
  const rejections = confirmedRejections(node);
  const place = rejections.findIndex(({ number }) => number === input);
  if (place < 0) {
    throw new RollupError("NOT_REJECTED", "No confirmed state says that this input changed nothing.", {
      given: input,
      rejected: rejections.map(({ number }) => number).join(", "),
      do: "rollup:confirm makes a later state count",
    });
  }
  const done = await vouch(node, sender, rejections, place);
  const { header, data } = node.executor.input(input);
  const { bridge } = node.chain.contracts;
  const given = [headerFields(header), bytesToHex(data), rejections[place].earlier] as const;
  const populated =
    to === undefined
      ? bridge.reclaim.populateTransaction(...given)
      : bridge.reclaimTo.populateTransaction(...given, to);
  return [...done, await sender.send("reclaim", `reclaim the deposit of input ${input}`, populated)];
}

/** The inputs that the confirmed state says have changed nothing. */
function confirmedRejections(node: RollupNode): Rejection[] {
  const { inputCount } = node.assertions.confirmed.state;
  return rejectionsOf(node).filter(({ number }) => number < inputCount);
}

/** Has the bridge know the link at `place`, from the confirmed state's own or the nearest that it knows already, piece by piece. */
async function vouch(
  node: RollupNode,
  sender: Sender,
  rejections: readonly Rejection[],
  place: number,
): Promise<Done[]> {
  const { bridge } = node.chain.contracts;
  const { id, state } = node.assertions.confirmed;
  const missing: number[] = [];
  let known = place;
  while (known < rejections.length && !(await bridge.isVouchedFor(rejections[known].link))) {
    missing.push(known);
    known += LINKS_PER_TRANSACTION;
  }
  const done: Done[] = [];
  for (const at of missing.reverse()) {
    const fromState = known >= rejections.length;
    const later = rejections.slice(at + 1, fromState ? undefined : known + 1).map(({ inputHash }) => inputHash);
    const { link, number } = rejections[at];
    const populated = fromState
      ? bridge.vouch.populateTransaction(id, { ...state }, link, later)
      : bridge.vouchEarlier.populateTransaction(link, later);
    done.push(await sender.send("vouch", `show that input ${number} changed nothing`, populated));
    known = at;
  }
  return done;
}

/** A header as contracts take it. */
function headerFields(header: InputHeader) {
  return { ...header, kind: INPUT_KINDS.indexOf(header.kind) };
}

/** What the bridge has queued. */
function depositOf(data: Uint8Array): Pick<RejectedDeposit, "recipient" | "token" | "amount"> {
  const [recipient, token, amount] = AbiCoder.defaultAbiCoder().decode(
    ["address", "address", "uint256"],
    data,
  ) as unknown as readonly [string, string, bigint];
  return { recipient: recipient.toLowerCase() as Hex, token: token.toLowerCase() as Hex, amount };
}
