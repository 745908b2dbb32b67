import type { CommitteeConfig } from "../config/types.js";
import type { Hex } from "../hex.js";
import type { CommitteeClient } from "./client.js";
import type { CommitteeParameters, NextTurn } from "./committee.js";
import { chanceOfFewer, chanceToNumber, formatChance } from "./hypergeometric.js";

/** How likely a committee of one size is to hold fewer honest members than it needs. */
export interface ChanceBySize {
  readonly size: number;
  /** Honest members that are needed. */
  readonly needed: number;
  /** All but `needed - 1`. */
  readonly quorum: number;
  readonly chance: number;
  /** Exactly, as `numerator/denominator`. */
  readonly exact: string;
  /** As people read it. */
  readonly text: string;
}

/** A committee as `rollup:committee` shows it. */
export interface CommitteeStatus {
  readonly name: string;
  readonly address: Hex;
  readonly parameters: Omit<CommitteeParameters, "stake"> & { readonly stake: string };
  readonly epoch: number;
  readonly seats: readonly {
    readonly seat: number;
    readonly member: Hex;
    readonly struck: boolean;
    readonly url: string | null;
  }[];
  readonly pool: number;
  readonly frozen: boolean;
  readonly next: { readonly action: NextTurn["action"]; readonly drawBlock: number; readonly block: number };
  /** Until the block that draws is there; 0 if it is. */
  readonly blocks: number;
  readonly chances: {
    /** The members that are registered, or as many as the configuration hopes for where they are fewer. */
    readonly pool: number;
    readonly honest: number;
    readonly bySize: readonly ChanceBySize[];
  };
}

/** Sizes that are compared, besides the committee's own; the largest is the most that the contracts seat. */
const SIZES = [5, 10, 20, 50, 100, 115];

/**
 * What there is to know about a committee now.
 * @param honestShare The part of the pool that is taken to be honest, from 0 to 1.
 */
export async function describeCommittee(
  { committee, members }: CommitteeClient,
  config: CommitteeConfig,
  honestShare: number,
): Promise<CommitteeStatus> {
  const [{ epoch, seats, struck }, pool, frozen, next] = await Promise.all([
    committee.epoch(),
    committee.poolSize(),
    committee.frozen(),
    committee.nextTurn(),
  ]);
  const { parameters, address } = committee;
  return {
    name: config.name,
    address,
    parameters: { ...parameters, stake: parameters.stake.toString() },
    epoch: Number(epoch),
    seats: seats.map(({ seat, member }) => ({
      seat,
      member,
      struck: ((struck >> BigInt(seat)) & 1n) === 1n,
      url: members.find((known) => known.member === member)?.url ?? null,
    })),
    pool,
    frozen,
    next: { action: next.action, drawBlock: Number(next.drawBlock), block: Number(next.block) },
    blocks: Math.max(0, Number(next.drawBlock - next.block)),
    chances: chancesOf(Math.max(pool, config.pool), honestShare, parameters.size, config.honest),
  };
}

/** The committee's own size and those that it is compared with, each with as many honest members needed. */
function chancesOf(pool: number, share: number, size: number, needed: number): CommitteeStatus["chances"] {
  const honest = Math.floor(pool * share + 1e-9);
  const sizes = [...new Set([size, ...SIZES])].filter((one) => one >= needed && one <= pool).sort((a, b) => a - b);
  const bySize = sizes.map((one): ChanceBySize => {
    const chance = chanceOfFewer({ pool, honest, size: one }, needed);
    const exact = `${chance.numerator}/${chance.denominator}`;
    return {
      size: one,
      needed,
      quorum: one - needed + 1,
      chance: chanceToNumber(chance),
      exact,
      text: formatChance(chance),
    };
  });
  return { pool, honest, bySize };
}
