import type { Chain } from "../../plugin/chain.js";

/** Where the ether went that was ever left with a rollup, in wei, as its events say it. */
export interface BondLedger {
  /** Bonds of assertions and claims. */
  readonly paidIn: bigint;
  readonly credited: bigint;
  readonly burned: bigint;
  readonly withdrawn: bigint;
  /** What the contract has. */
  readonly held: bigint;
  /** By account, in small letters: what was credited less the bonds that it left. */
  readonly gains: ReadonlyMap<string, bigint>;
  readonly assertions: number;
  readonly claims: number;
}

/** What the events say of bonds, each some of it. */
interface EventFields {
  readonly author: string;
  readonly account: string;
  readonly amount: bigint;
  readonly claim: { readonly level: bigint };
}

/** Reads a rollup's events from its beginning. */
export async function readBondLedger({
  contracts,
  parameters,
  provider,
  addresses,
  fromBlock,
}: Chain): Promise<BondLedger> {
  const { rollup } = contracts;
  const sums = { paidIn: 0n, credited: 0n, burned: 0n, withdrawn: 0n, assertions: 0, claims: 0 };
  const gains = new Map<string, bigint>();
  const gain = (account: string, amount: bigint): void => {
    const key = account.toLowerCase();
    gains.set(key, (gains.get(key) ?? 0n) + amount);
  };
  for (const log of await provider.getLogs({ address: addresses.rollup, fromBlock, toBlock: "latest" })) {
    const event = rollup.interface.parseLog(log);
    const args = (event?.args ?? {}) as unknown as EventFields;
    // Genesis is nobody's.
    if (event?.name === "AssertionMade" && BigInt(args.author) !== 0n) {
      sums.paidIn += parameters.assertionBond;
      sums.assertions += 1;
      gain(args.author, -parameters.assertionBond);
    } else if (event?.name === "ClaimMade") {
      const bond = parameters.claimBonds[Number(args.claim.level) - 1];
      sums.paidIn += bond;
      sums.claims += 1;
      gain(args.author, -bond);
    } else if (event?.name === "Credited") {
      sums.credited += args.amount;
      gain(args.account, args.amount);
    } else if (event?.name === "Burned") sums.burned += args.amount;
    else if (event?.name === "CreditWithdrawn") sums.withdrawn += args.amount;
  }
  return { ...sums, gains, held: await provider.getBalance(addresses.rollup) };
}
