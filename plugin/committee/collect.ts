import { setTimeout } from "node:timers/promises";

import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import { certify, type Certificate, type SeatSignature } from "./statement.js";

/** Why a member gave no signature. */
export interface MemberFailure {
  readonly seat: number;
  readonly member: Hex;
  readonly url: string | undefined;
  readonly reason: string;
}

/** Fewer members than needed have signed. */
export class QuorumMissedError extends RollupError {
  public constructor(
    public readonly quorum: number,
    public readonly signed: readonly SeatSignature[],
    public readonly failures: readonly MemberFailure[],
  ) {
    super("QUORUM_MISSED", "Not enough of the committee's members have signed.", {
      signed: signed.length,
      needed: quorum,
      failed: failures.map(({ member, url, reason }) => `\n    ${member} ${url ?? ""}: ${reason}`).join(""),
    });
  }
}

/** A certificate, and what went wrong before there were enough signatures. */
export interface Collected {
  readonly certificate: Certificate;
  readonly signed: readonly SeatSignature[];
  readonly failures: readonly MemberFailure[];
}

/** One member to be asked. */
export interface Asked {
  readonly seat: number;
  readonly member: Hex;
  readonly url: string | undefined;
  /** Gives a signature that was checked; throws if there is none to be had. */
  ask(signal: AbortSignal): Promise<SeatSignature>;
}

/**
 * Asks all members at once, and is done as soon as enough have signed, or when too many have failed, or when the time is up.
 * @param milliseconds For all of it.
 * @throws {QuorumMissedError} which names who failed, and why.
 */
export async function collect(members: readonly Asked[], quorum: number, milliseconds: number): Promise<Collected> {
  const stop = new AbortController();
  const signed: SeatSignature[] = [];
  const failures = new Map<number, MemberFailure>();
  const settled = members.map(async (asked) => {
    try {
      signed.push(await asked.ask(stop.signal));
    } catch (error) {
      failures.set(asked.seat, failureOf(asked, (error as Error).message.split("\n").join(" ")));
    }
    if (signed.length >= quorum || failures.size > members.length - quorum) stop.abort();
  });
  await Promise.race([Promise.all(settled), stopped(stop.signal, milliseconds)]);
  const hopeless = stop.signal.aborted;
  stop.abort();
  const silent = members.filter(({ seat }) => !failures.has(seat) && !signed.some((one) => one.seat === seat));
  const told = [...failures.values()];
  if (signed.length >= quorum) return { certificate: certify(signed), signed: [...signed], failures: told };
  const reason = hopeless ? "had not answered when too many had failed" : `gave no answer in ${milliseconds} ms`;
  const late = silent.map((asked) => failureOf(asked, reason));
  throw new QuorumMissedError(quorum, [...signed], [...told, ...late]);
}

async function stopped(signal: AbortSignal, milliseconds: number): Promise<void> {
  await setTimeout(milliseconds, undefined, { signal }).catch(() => undefined);
}

function failureOf({ seat, member, url }: Asked, reason: string): MemberFailure {
  return { seat, member, url, reason };
}
