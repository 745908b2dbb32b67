import type { Hex } from "../../plugin/hex.js";
import { RollupNode } from "../../plugin/node/node.js";
import { queryLedgerAccount } from "../../plugin/guests/ledger.js";
import { guestProgram } from "../helpers/chains.js";
import { readBondLedger, type BondLedger } from "./bondLedger.js";
import type { Load } from "./load.js";
import type { World } from "./world.js";

/** Something that is not as it must be. */
export interface Finding {
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

/** What was counted, and what was found. */
export interface Checked {
  readonly inputs: number;
  readonly assertions: number;
  readonly lies: number;
  readonly claims: number;
  readonly bonds: BondLedger;
  readonly findings: readonly Finding[];
}

/** The liar's account among the node's, and those of who keeps the chain. */
const LIAR = 4;
const HONEST = [2, 3];

/** Looks at everything with a node of its own, which has seen nothing of what went wrong. */
export async function checkEnd(world: World, load: Load, settled: boolean): Promise<Checked> {
  const { chain, connection } = world;
  const { provider } = connection.ethers;
  const program = await guestProgram("ledger");
  const node = new RollupNode(chain, program);
  await node.sync();
  const findings: Finding[] = [];
  const expect = (what: string, expected: unknown, found: unknown): void => {
    if (String(expected) !== String(found)) findings.push({ what, expected: String(expected), found: String(found) });
  };
  expect("everybody has finished in time", true, settled);

  await load.countDeposits((hash) => provider.getTransactionReceipt(hash));
  const { snapshot } = node.executor.boundary(node.executor.inputCount)!;
  for (const { address, balance, nonce } of load.accounts) {
    const account = queryLedgerAccount(program, snapshot, address);
    expect(`nonce of ${address}`, nonce, account.nonce);
    expect(`balance of ${address}`, balance, account.balance);
  }
  expect(
    "wei in the bridge",
    load.accounts.reduce((sum, { balance }) => sum + balance, 0n),
    await provider.getBalance(chain.addresses.bridge),
  );

  const signers = await connection.ethers.getSigners();
  const addressOf = (index: number): Hex => signers[index].address.toLowerCase() as Hex;
  const liar = addressOf(LIAR);
  const made = node.assertions.all().filter(({ parent }) => parent !== undefined);
  for (const assertion of made) {
    const isTrue = node.executor.boundary(assertion.end)?.hash === assertion.stateHash;
    const name = `assertion ${assertion.id} of ${assertion.author}`;
    if (assertion.status === "confirmed") expect(`${name}, confirmed, is true`, true, isTrue);
    if (assertion.status !== "confirmed" && assertion.status !== "pending")
      expect(`${name}, rejected, is true`, false, isTrue && assertion.author !== liar && isRoot(assertion, made));
    expect(`${name} is decided`, false, assertion.status === "pending");
  }
  const said = made
    .filter(({ author }) => HONEST.map(addressOf).includes(author))
    .map(({ parent, stateHash }) => `${parent!.id} ${stateHash}`);
  expect("assertions with two bonds of honest parties", 0, said.length - new Set(said).size);

  const bonds = await readBondLedger(chain);
  const { paidIn, credited, burned, withdrawn, held, gains } = bonds;
  expect("bonds are credited or burned, to the last wei", paidIn, credited + burned);
  expect("the rollup holds what is not withdrawn", paidIn - withdrawn, held);
  for (const index of HONEST)
    expect(`account ${index} has lost nothing`, true, (gains.get(addressOf(index)) ?? 0n) >= 0n);
  const lies = made.filter(({ author }) => author === liar).length;
  expect("who lied has lost", lies > 0, (gains.get(liar) ?? 0n) < 0n);
  return {
    inputs: Number(node.executor.inputCount),
    assertions: made.length,
    lies,
    claims: bonds.claims,
    bonds,
    findings,
  };
}

/** Whether no falsehood is among what an assertion rests on. */
function isRoot(assertion: { readonly parent?: { readonly status: string } }, _all: unknown): boolean {
  return assertion.parent?.status === "confirmed";
}
