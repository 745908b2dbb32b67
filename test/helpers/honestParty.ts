import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";

import type { Hex } from "../../plugin/hex.js";
import { ASSERTION, claimId, STATUS, type Claim, type Disputes, type Made } from "./disputes.js";
import { decodeHistory } from "./histories.js";
import { mined, type Settlement } from "./settlement.js";
import type { TrueTrace } from "./traces.js";

/** Everything that anyone has claimed, from events alone. */
export async function claimsOf(chain: Settlement): Promise<Made[]> {
  const events = await chain.rollup.queryFilter(chain.rollup.filters.ClaimMade(), 0);
  return Promise.all(
    events.map(async (event) => {
      const [assertion, opponent, level, index, position, start, history] = event.args.claim;
      const claim: Claim = {
        assertion: assertion as Hex,
        opponent: opponent as Hex,
        level: Number(level),
        index: Number(index),
        position,
        start: start as Hex,
        history: history as Hex,
      };
      const states = decodeHistory(claim.start, event.args.data as Hex);
      const receipt = (await event.getTransactionReceipt()) as unknown as Made["receipt"];
      return { id: claimId(claim), claim, states, receipt };
    }),
  );
}

/** A party that knows the truth of one parent's inputs and answers whatever contradicts it, as fast as it can. */
export class HonestParty {
  public constructor(
    private readonly disputes: Disputes,
    private readonly account: HardhatEthersSigner,
    private readonly truth: TrueTrace,
  ) {}

  /** Claims against false assertions and answers or refutes false claims, once each. Gives how many moves it made. */
  public async act(assertions: readonly Hex[]): Promise<number> {
    let moves = 0;
    for (const assertion of assertions) moves += await this.dispute(assertion);
    for (const made of await claimsOf(this.disputes.chain)) moves += await this.contradict(made);
    return moves;
  }

  private async dispute(id: Hex): Promise<number> {
    const stored = await this.disputes.chain.rollup.assertion(id);
    const end = this.truth.hashAt(
      1n << BigInt(this.disputes.chain.options.inputBits + this.disputes.chain.options.stepBits),
    );
    const known = (await claimsOf(this.disputes.chain)).map((made) => made.id);
    const own = claimId(this.disputes.firstClaim(id, this.truth).claim);
    if (stored.status !== ASSERTION.pending || stored.stateHash === end || known.includes(own)) return 0;
    await this.disputes.claim(this.account, id, this.truth);
    return 1;
  }

  private async contradict(made: Made): Promise<number> {
    const { claim } = made;
    const own = this.disputes.statesOf(this.truth, claim.level, claim.position);
    const wrong = made.states.some((state, k) => k > 0 && state !== own[k]);
    // A claim that starts where nothing true is cannot be opened by anyone, and hurts no one who is honest.
    if (!wrong || claim.start !== own[0]) return 0;
    if ((await this.disputes.status(made)) !== STATUS.open) return 0;
    if (claim.level === this.disputes.chain.levels) {
      await this.disputes.prove(this.account, made, this.truth);
      return 1;
    }
    const answer = claimId(this.disputes.answerTo(made, this.truth).claim);
    if ((await this.disputes.chain.rollup.claimRecord(answer)).status !== STATUS.none) return 0;
    await this.disputes.answer(this.account, made, this.truth);
    return 1;
  }
}

/** Decides everything whose time is up, in as many passes as it takes. Gives how many calls it made. */
export async function resolveAll(chain: Settlement): Promise<number> {
  const all = new Map((await claimsOf(chain)).map((made) => [made.id, made]));
  let calls = 0;
  for (let before = -1; before !== calls;) {
    before = calls;
    for (const made of all.values()) calls += await resolveFrom(chain, made, all);
  }
  return calls;
}

async function resolveFrom(chain: Settlement, made: Made, all: ReadonlyMap<Hex, Made>): Promise<number> {
  const record = await chain.rollup.claimRecord(made.id);
  const { status } = await chain.rollup.assertion(made.claim.assertion);
  if (record.status !== STATUS.open || record.pending > 0n) return 0;
  if (status !== ASSERTION.pending && status !== ASSERTION.countered) return 0;
  if ((await chain.rollup.deadlineOf(made.id)) > BigInt(await chain.time.latest())) return 0;
  await mined(chain.rollup.resolve(branchFrom(made, all).map(({ claim }) => claim)));
  return 1;
}

/** A claim, what it is against, and so on up to level 1. */
export function branchFrom(made: Made, all: ReadonlyMap<Hex, Made>): Made[] {
  const opponent = all.get(made.claim.opponent);
  return opponent === undefined ? [made] : [made, ...branchFrom(opponent, all)];
}

/** What the rollup holds for nobody in particular: its balance less credits and what was burned. */
export async function heldBonds(chain: Settlement): Promise<bigint> {
  let held = await chain.ethers.provider.getBalance(await chain.rollup.getAddress());
  const credited = await chain.rollup.queryFilter(chain.rollup.filters.Credited(), 0);
  const accounts = new Set(credited.map((event) => event.args.account));
  for (const account of accounts) held -= await chain.rollup.credit(account);
  for (const event of await chain.rollup.queryFilter(chain.rollup.filters.Burned(), 0)) held -= event.args.amount;
  return held;
}
