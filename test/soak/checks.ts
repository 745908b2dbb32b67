import { LedgerUser } from "../../plugin/ledgerUser.js";
import { queryLedgerAccount } from "../../plugin/guests/ledger.js";
import type { Hex } from "../../plugin/hex.js";
import type { AssertionNode } from "../../plugin/node/assertions.js";
import { RollupNode } from "../../plugin/node/node.js";
import { User } from "../../plugin/node/user.js";
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

type Expect = (what: string, expected: unknown, found: unknown) => void;

/** Accounts of the node: who lies, and who keeps the chain. */
const LIAR = 4;
const HONEST = [2, 3];
/** Who has withdrawals paid; it has deployed the chain. */
const PAYER = 0;

/** Looks at everything with a node of its own, which has seen nothing of what went wrong. */
export async function checkEnd(world: World, load: Load, settled: boolean): Promise<Checked> {
  const { chain, connection } = world;
  const program = await guestProgram("ledger");
  const node = new RollupNode(chain, program);
  await node.sync();
  const findings: Finding[] = [];
  const expect: Expect = (what, expected, found) => {
    if (String(expected) !== String(found)) findings.push({ what, expected: String(expected), found: String(found) });
  };
  const signers = await connection.ethers.getSigners();
  const addresses = signers.map(({ address }) => address.toLowerCase() as Hex);
  const made = node.assertions.all().filter(({ parent }) => parent !== undefined);
  const lies = made.filter(({ author }) => author === addresses[LIAR]).length;
  const bonds = await readBondLedger(chain);

  expect("everybody has finished in time", true, settled);
  await checkLedger(world, load, node, expect);
  await checkWithdrawals(world, load, node, expect);
  for (const assertion of made) checkAssertion(assertion, node, expect);
  checkOnce(
    made,
    HONEST.map((index) => addresses[index]),
    expect,
  );
  checkBonds(bonds, expect);
  for (const index of HONEST) {
    expect(`account ${index} has lost nothing`, true, (bonds.gains.get(addresses[index]) ?? 0n) >= 0n);
  }
  expect("who lied has lost", lies > 0, (bonds.gains.get(addresses[LIAR]) ?? 0n) < 0n);
  const inputs = Number(node.executor.inputCount);
  return { inputs, assertions: made.length, lies, claims: bonds.claims, bonds, findings };
}

/** What was accepted is in the ledger, once. */
async function checkLedger({ connection }: World, load: Load, node: RollupNode, expect: Expect): Promise<void> {
  const { provider } = connection.ethers;
  await load.countDeposits((hash) => provider.getTransactionReceipt(hash));
  const { snapshot } = node.executor.boundary(node.executor.inputCount)!;
  for (const { address, balance, nonce } of load.accounts) {
    const account = queryLedgerAccount(node.program, snapshot, address);
    expect(`nonce of ${address}`, nonce, account.nonce);
    expect(`balance of ${address}`, balance, account.balance);
  }
}

/** Who has taken something out is paid it, once, and the bridge keeps what the accounts have. */
async function checkWithdrawals(
  { chain, connection }: World,
  load: Load,
  node: RollupNode,
  expect: Expect,
): Promise<void> {
  const { provider } = connection.ethers;
  const signer = (await connection.ethers.getSigners())[PAYER];
  const [user, ledger] = [new User(node, signer), new LedgerUser(node, signer)];
  for (const { withdrawal, proof } of await ledger.unpaid()) await user.withdraw(withdrawal, proof);
  expect("withdrawals that can still be paid", 0, (await ledger.unpaid()).length);
  expect("wei that were taken out", load.withdrawn, await provider.getBalance(load.purse));
  const kept = load.accounts.reduce((sum, { balance }) => sum + balance, 0n);
  expect("wei in the bridge", kept, await provider.getBalance(chain.addresses.bridge));
}

/** What is confirmed is true, and what was rejected was not, or rested on what was not. */
function checkAssertion(assertion: AssertionNode, { executor }: RollupNode, expect: Expect): void {
  const { id, author, status, parent, end, stateHash } = assertion;
  const name = `assertion ${id} of ${author}`;
  const isTrue = executor.boundary(end)?.hash === stateHash;
  expect(`${name} is decided`, false, status === "pending");
  if (parent?.status === "confirmed") expect(`${name}, which is ${status}, is true`, status === "confirmed", isTrue);
  else expect(`${name}, on one that is not, is confirmed`, false, status === "confirmed");
}

/** Nobody honest has left two bonds for one word. */
function checkOnce(made: readonly AssertionNode[], honest: readonly Hex[], expect: Expect): void {
  const said = made
    .filter(({ author }) => honest.includes(author))
    .map(({ author, parent, stateHash }) => `${author} ${parent!.id} ${stateHash}`);
  expect("second bonds for one assertion", 0, said.length - new Set(said).size);
}

function checkBonds({ paidIn, credited, burned, withdrawn, held }: BondLedger, expect: Expect): void {
  expect("wei of bonds that are credited or burned", paidIn, credited + burned);
  expect("wei that the rollup holds", paidIn - withdrawn, held);
}
