import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { NetworkConnection } from "hardhat/types/network";

import { Chain } from "../../plugin/chain.js";
import { readDeployment } from "../../plugin/deployments.js";
import {
  encodeLedgerTransaction,
  LEDGER_TRANSACTION_SIZE,
  queryLedgerAccount,
  signLedgerTransaction,
} from "../../plugin/guests/ledger.js";
import { bytesToHex, type Hex } from "../../plugin/hex.js";
import { RollupNode } from "../../plugin/node/node.js";
import { User } from "../../plugin/node/user.js";
import type { NodeClient } from "../../plugin/service/nodeClient.js";
import type { TransactionAnswer } from "../../plugin/service/server/answers.js";
import { hashBytes } from "../../plugin/service/hashBytes.js";
import { falseTrace } from "../../plugin/testing/liar.js";
import { Lie } from "../../plugin/testing/lie.js";
import { NodeProcess } from "../../plugin/testing/nodeProcess.js";
import { Party } from "../../plugin/testing/party.js";
import { guestProgram } from "../helpers/chains.js";
import type { Project } from "../tasks/project.js";

const ETHER = 10n ** 18n;
const ACCOUNTS = { asserter: 2, challenger: 3, depositor: 4, users: [5, 6, 7], liar: 9 } as const;
const TRANSFERS = 24;
/** In milliseconds. */
const TURN = 100;
/** In seconds, of the settlement layer. */
const JUMP = 600;

/** When a node is killed: at a point, or so many milliseconds after it listens, whatever comes first; it is started again at once. */
export interface Kill {
  readonly at?: string;
  readonly after: number;
}

/** How a day ended, as far as it must not depend on who was killed when. */
export interface DayEnd {
  /** Of the users on the chain, in the order of the accounts. */
  readonly balances: readonly bigint[];
  readonly nonces: readonly bigint[];
  /** How often each accepted transaction is in the chain's inputs. */
  readonly occurrences: readonly number[];
  /** Of the honest accounts, and how often each was made with success: by what it says. */
  readonly assertions: readonly number[];
  readonly lie: string;
  /** Claims of the honest challenger against the same claim or assertion. */
  readonly claims: readonly number[];
  /** What the rollup still owes the honest accounts, and has of theirs in bonds. */
  readonly owed: bigint;
  readonly bound: number;
  readonly states: readonly string[];
}

/** A day in the life of a chain: deposits, transfers, a lie about them, a dispute, and the truth confirmed, with a node that is killed now and then. */
export class ScriptedDay {
  private node: NodeProcess | undefined;
  private client: NodeClient | undefined;
  private readonly accepted: Uint8Array[] = [];
  private over = false;
  /** The kills that came to pass: the point, or how long the node lived. */
  public readonly killed: string[] = [];

  private constructor(
    private readonly project: Project,
    private readonly connection: NetworkConnection,
    private readonly view: RollupNode,
    private readonly kills: Kill[],
  ) {}

  public static async begin(project: Project, kills: readonly Kill[]): Promise<ScriptedDay> {
    await project.json("rollup:deploy --chain served");
    const connection = await project.connect();
    const deployment = await readDeployment(project.deployments, "devnode", "served");
    const chain = await Chain.connect(deployment, connection.ethers.provider);
    return new ScriptedDay(project, connection, new RollupNode(chain, await guestProgram("ledger")), [...kills]);
  }

  public async play(): Promise<DayEnd> {
    const keeping = this.keepRunning();
    try {
      const signers = await this.connection.ethers.getSigners();
      const users = ACCOUNTS.users.map((index) => signers[index]);
      for (const user of users) await this.user(signers[ACCOUNTS.depositor]).deposit(10n * ETHER, low(user.address));
      await this.until(async () => (await this.balanceOf(users[2])) === 10n * ETHER);
      await this.transfer(users, 0, TRANSFERS / 2);
      await this.until(async () => (await this.view.sync(), this.view.derivation.waiting.length === 0));
      const liar = await this.tellLie(signers[ACCOUNTS.liar]);
      await this.transfer(users, TRANSFERS / 2, TRANSFERS);
      await this.until(async () => this.isSettled(liar));
      return await this.describe(users);
    } finally {
      this.over = true;
      await this.node?.kill();
      await keeping;
      await this.connection.close();
    }
  }

  /** Starts the node again whenever it has ended. */
  private async keepRunning(): Promise<void> {
    while (!this.over) {
      const kill = this.kills.shift();
      const command = "rollup:node --chain served";
      const node = new NodeProcess(this.project.nodeProcess(command, kill?.at));
      this.node = node;
      this.client = await node.listening;
      let cause = kill?.at ?? "the end";
      const kills = (after: number): void => {
        cause = String(after);
        void node.kill();
      };
      const timer = kill && setTimeout(kills, kill.after, kill.after);
      const end = await node.ended;
      clearTimeout(timer);
      this.client = undefined;
      if (end.signal === "SIGKILL") this.killed.push(cause);
      else if (!this.over) throw new Error(`the node ended by itself: ${end.log}`);
    }
  }

  private async transfer(users: readonly HardhatEthersSigner[], from: number, to: number): Promise<void> {
    const { chainId } = await this.connection.ethers.provider.getNetwork();
    const domain = { chainId, bridge: this.view.chain.addresses.bridge };
    for (let number = from; number < to; number++) {
      const [sender, receiver] = [number % 3, (number + 1) % 3].map((place) => users[place]);
      const nonce = BigInt(Math.floor(number / 3));
      const amount = BigInt(number + 1);
      const order = { action: "transfer", to: low(receiver.address), amount, nonce } as const;
      const data = encodeLedgerTransaction(await signLedgerTransaction(sender, domain, order));
      // Who gets no answer does not know whether it was accepted, and hands it in again.
      await this.until(async () => (await this.client?.send(data)) !== undefined);
      this.accepted.push(data);
    }
  }

  private async tellLie(signer: HardhatEthersSigner): Promise<Party> {
    const { view } = this;
    await this.until(async () => {
      await view.sync();
      const last = view.assertions.all().at(-1);
      return last !== undefined && last.next > last.end && view.executor.inputCount >= last.next;
    });
    const parent = view.assertions.all().at(-1);
    const { trace } = await falseTrace(view, parent, { seed: 11 });
    const lie = new Lie(view, { parent: parent.id, trace });
    const liar = new Party("liar", false, view, signer, () => lie);
    await liar.assert();
    return liar;
  }

  /** The liar defends itself, and time passes, until nothing is left to be decided. */
  private async isSettled(liar: Party): Promise<boolean> {
    await liar.act().catch(() => undefined);
    await this.letTimePass();
    await this.view.sync();
    const { assertions, derivation } = this.view;
    if (assertions.confirmed.end < BigInt(derivation.count)) return false;
    const states = await this.states();
    const { owed, bound } = await this.bonds();
    return states.every((state) => state === "confirmed") && owed === 0n && bound === 0;
  }

  /** A party that is dead for an hour while a day passes has lost: the settlement layer's time passes when the node has seen it. */
  private async letTimePass(): Promise<void> {
    const status = await this.client?.get<{ readonly block: number }>("/v1/status").catch(() => undefined);
    const latest = await this.connection.ethers.provider.getBlockNumber();
    if (status === undefined || status.block < latest) return;
    await this.connection.provider.request({ method: "evm_increaseTime", params: [JUMP] });
    await this.connection.provider.request({ method: "evm_mine" });
  }

  private async states(): Promise<string[]> {
    const { client } = this;
    if (client === undefined) return ["unknown"];
    const hashes = this.accepted.map(hashBytes);
    const answers = hashes.map((hash) => client.get<TransactionAnswer>(`/v1/transactions/${hash}`));
    return (await Promise.all(answers)).map(({ state }) => state);
  }

  private async bonds(): Promise<{ readonly owed: bigint; readonly bound: number }> {
    const { assertions, claims, chain } = this.view;
    const honest = await this.honest();
    const credits = await Promise.all(honest.map((account) => chain.contracts.rollup.credit(account)));
    const isOurs = ({ author }: { readonly author: Hex }): boolean => honest.includes(author);
    const pending = assertions.all().filter((each) => isOurs(each) && each.parent && each.status === "pending");
    const open = claims.all().filter((claim) => isOurs(claim) && claim.status === "open");
    return { owed: credits.reduce((sum, credit) => sum + credit, 0n), bound: pending.length + open.length };
  }

  private async describe(users: readonly HardhatEthersSigner[]): Promise<DayEnd> {
    const { derivation, assertions, claims } = this.view;
    const inBatches = derivation.inputs
      .filter(({ header }) => header.kind === "batch")
      .flatMap(({ data }) => split(data));
    const found = new Map<string, number>();
    for (const each of inBatches) found.set(bytesToHex(each), (found.get(bytesToHex(each)) ?? 0) + 1);
    const honest = await this.honest();
    const accounts = users.map((user) => this.account(user));
    return {
      balances: accounts.map(({ balance }) => balance),
      nonces: accounts.map(({ nonce }) => nonce),
      occurrences: this.accepted.map((data) => found.get(bytesToHex(data)) ?? 0),
      assertions: counts(
        assertions.all().filter(({ author, parent }) => parent && honest.includes(author)),
        ({ parent, stateHash }) => `${parent?.id} ${stateHash}`,
      ),
      lie:
        assertions.all().find(({ author }) => author !== honest[0] && !honest.includes(author) && author !== ZERO)
          ?.status ?? "none",
      claims: counts(
        claims.all().filter(({ author }) => honest.includes(author)),
        ({ claim }) => `${claim.opponent} ${claim.index}`,
      ),
      ...(await this.bonds()),
      states: await this.states(),
    };
  }

  private async honest(): Promise<Hex[]> {
    const signers = await this.connection.ethers.getSigners();
    return [ACCOUNTS.asserter, ACCOUNTS.challenger].map((index) => low(signers[index].address));
  }

  private async balanceOf(user: HardhatEthersSigner): Promise<bigint> {
    await this.view.sync();
    return this.account(user).balance;
  }

  private account({ address }: HardhatEthersSigner): ReturnType<typeof queryLedgerAccount> {
    const { executor, program } = this.view;
    return queryLedgerAccount(program, executor.boundary(executor.inputCount)!.snapshot, low(address));
  }

  private user(signer: HardhatEthersSigner): User {
    return new User(this.view, signer);
  }

  /** Waits, whatever fails meanwhile: the node may be dead. */
  private async until(isSo: () => Promise<boolean>): Promise<void> {
    while (!(await isSo().catch(() => false))) await new Promise((resolve) => setTimeout(resolve, TURN));
  }
}

const ZERO = `0x${"00".repeat(20)}`;

function low(address: string): Hex {
  return address.toLowerCase() as Hex;
}

function split(batch: Uint8Array): Uint8Array[] {
  const count = batch.length / LEDGER_TRANSACTION_SIZE;
  return Array.from({ length: count }, (_, place) =>
    batch.subarray(place * LEDGER_TRANSACTION_SIZE, (place + 1) * LEDGER_TRANSACTION_SIZE),
  );
}

/** How often each key comes. */
function counts<Item>(items: readonly Item[], keyOf: (item: Item) => string): number[] {
  const found = new Map<string, number>();
  for (const item of items) found.set(keyOf(item), (found.get(keyOf(item)) ?? 0) + 1);
  return [...found.values()];
}
