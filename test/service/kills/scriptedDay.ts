import { join } from "node:path";

import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { NetworkConnection } from "hardhat/types/network";

import { projectBlobs } from "../../../plugin/blobs/projectBlobs.js";
import { Chain } from "../../../plugin/chain.js";
import { readDeployment } from "../../../plugin/deployments.js";
import { encodeLedgerTransaction, queryLedgerAccount, signLedgerTransaction } from "../../../plugin/guests/ledger.js";
import type { Hex } from "../../../plugin/hex.js";
import { RollupNode } from "../../../plugin/node/node.js";
import { User } from "../../../plugin/node/user.js";
import { hashBytes } from "../../../plugin/service/hashBytes.js";
import type { TransactionAnswer } from "../../../plugin/service/server/answers.js";
import { serviceFiles } from "../../../plugin/service/serviceFiles.js";
import { falseTrace } from "../../../plugin/testing/liar.js";
import { Lie } from "../../../plugin/testing/lie.js";
import { NodeProcess } from "../../../plugin/testing/nodeProcess.js";
import { Party } from "../../../plugin/testing/party.js";
import { guestProgram } from "../../helpers/chains.js";
import { Project } from "../../tasks/project.js";
import { describeEnd, type DayEnd } from "./dayEnd.js";
import { KeptNode, type DoneKill } from "./keptNode.js";
import { countEach, type KillPlan } from "./killPlan.js";

/** What days are like: their chain, of `project.config.ts`, and how many milliseconds apart blocks are; where that is absent, each transaction has its own. */
const DAYS = {
  calldata: { chain: "calldata", blocksEvery: 400 },
  // A process is there again before what it sent is mined.
  slow: { chain: "calldata", blocksEvery: 4_000 },
  batches: { chain: "batches", blocksEvery: undefined },
  blobs: { chain: "blobs", blocksEvery: undefined },
} as const;
export type DayKind = keyof typeof DAYS;
export const DAY_KINDS = Object.keys(DAYS) as DayKind[];

const CONFIG = join(import.meta.dirname, "project.config.ts");
const ETHER = 10n ** 18n;
const DEPOSIT = 10n * ETHER;
/** Places among the network's accounts. */
const ACCOUNTS = { sequencer: 1, asserter: 2, challenger: 3, depositor: 4, users: [5, 6, 7], liar: 9 };
const HONEST = ["sequencer", "asserter", "challenger"] as const;
/** How many are handed in at once. */
const TRANSFERS = 6;
/** In milliseconds. */
const TURN = 100;
/** By how much the settlement layer's clock moves at once, in seconds: half of what anybody has to answer at the least. */
export const JUMP = 900;
/** After so many blocks nothing is replaced any more. */
const FINAL_AFTER = "0x80";

/** A day that was played. */
export interface PlayedDay {
  readonly end: DayEnd;
  readonly kills: readonly DoneKill[];
  /** The points that were reached, in their order. */
  readonly points: readonly string[];
}

/**
 * Plays a day in the life of a chain: deposits, transfers, a lie about them, a dispute, and the truth confirmed, with a node that is killed by plan.
 * @param patience How long it may take, in milliseconds.
 * @throws If a node ends by itself, or the day does not end in time.
 */
export async function playDay(kind: DayKind, plan: KillPlan, patience: number): Promise<PlayedDay> {
  const project = await Project.create(CONFIG);
  try {
    const { chain: name, blocksEvery } = DAYS[kind];
    await project.json(`rollup:deploy --chain ${name}`);
    const connection = await project.connect();
    const deployment = await readDeployment(project.deployments, "devnode", name);
    const chain = await Chain.connect(
      deployment,
      connection.ethers.provider,
      await projectBlobs(connection, project.deployments),
    );
    const view = new RollupNode(chain, await guestProgram("ledger"));
    if (blocksEvery !== undefined) await mineEvery(connection, blocksEvery);
    return await new ScriptedDay(project, connection, view, name, plan, Date.now() + patience).play();
  } finally {
    await project.close();
  }
}

class ScriptedDay {
  private readonly node: KeptNode;
  private readonly accepted: Uint8Array[] = [];
  private awaited: Awaited | undefined;

  public constructor(
    private readonly project: Project,
    private readonly connection: NetworkConnection,
    private readonly view: RollupNode,
    private readonly name: string,
    plan: KillPlan,
    private readonly until: number,
  ) {
    const record = join(project.deployments, "points.txt");
    const command = `rollup:node --chain ${name}`;
    const start = (killAt?: string): NodeProcess => new NodeProcess(project.nodeProcess(command, killAt, record));
    this.node = new KeptNode(start, plan, record);
  }

  public async play(): Promise<PlayedDay> {
    const { node } = this;
    try {
      const signers = await this.connection.ethers.getSigners();
      const users = ACCOUNTS.users.map((index) => signers[index]);
      const honest = HONEST.map((name) => ({ name, address: low(signers[ACCOUNTS[name]].address) }));
      const before = await Promise.all(honest.map(({ address }) => this.view.chain.provider.getBalance(address)));
      const depositor = new User(this.view, signers[ACCOUNTS.depositor]);
      for (const user of users) await depositor.deposit(DEPOSIT, low(user.address));
      await this.wait(async () => (await this.accountOf(users[2])).balance === DEPOSIT);
      await this.transfer(users, 0);
      await this.transfer(users, TRANSFERS);
      const liar = await this.tellLie(signers[ACCOUNTS.liar]);
      await this.transfer(users, 2 * TRANSFERS);
      await this.transfer(users, 3 * TRANSFERS);
      await this.wait(async () => this.isSettled(liar));
      const served = await this.served(users);
      const { database } = serviceFiles(this.project.deployments, "devnode", this.name);
      const status = await this.leave();
      const { view, accepted } = this;
      const end = await describeEnd({
        view,
        database,
        users: users.map(({ address }) => low(address)),
        honest,
        before,
        accepted,
        served,
        status,
      });
      return { end, kills: node.kills, points: node.points };
    } finally {
      await node.abandon();
      await this.connection.close();
    }
  }

  /** Hands some transfers in, and waits until the chain has them. */
  private async transfer(users: readonly HardhatEthersSigner[], first: number): Promise<void> {
    const { chainId } = await this.connection.ethers.provider.getNetwork();
    const domain = { chainId, bridge: this.view.chain.addresses.bridge };
    for (let number = first; number < first + TRANSFERS; number++) {
      const [sender, receiver] = [number % 3, (number + 1) % 3].map((place) => users[place]);
      const nonce = BigInt(Math.floor(number / 3));
      const amount = BigInt(number + 1);
      const order = { action: "transfer", to: low(receiver.address), amount, nonce } as const;
      const data = encodeLedgerTransaction(await signLedgerTransaction(sender, domain, order));
      // Who gets no answer does not know whether it was accepted, and hands it in again.
      await this.wait(async () => (await this.node.client?.send(data)) !== undefined);
      this.accepted.push(data);
    }
    const nonce = BigInt((first + TRANSFERS) / users.length);
    await this.wait(async () => (await this.accountOf(users[0])).nonce === nonce);
  }

  private async tellLie(signer: HardhatEthersSigner): Promise<Party> {
    const { view } = this;
    await this.wait(async () => {
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
    const { actions } = await liar.act().catch(() => ({ actions: [] }));
    if (actions.length > 0) this.awaited = undefined;
    await this.letTimePass();
    await this.view.sync();
    const { assertions, derivation } = this.view;
    if (assertions.confirmed.end < BigInt(derivation.count)) return false;
    const states = await this.states();
    return states.every((state) => state === "confirmed") && (await this.areBondsHome());
  }

  /**
   * The settlement layer's time passes when the node has seen what there is and has done what it had to: so what has a clock is done before a jump, or it is
   * late. A party that is dead while a day passes has lost, and deserves to.
   */
  private async letTimePass(): Promise<void> {
    if (!(await this.hasReacted())) return;
    this.awaited = undefined;
    await this.connection.provider.request({ method: "evm_increaseTime", params: [JUMP] });
    await this.connection.provider.request({ method: "evm_mine" });
  }

  /** Whether the process that runs has read the block that is awaited, and done a whole round of the challenger's since. */
  private async hasReacted(): Promise<boolean> {
    const { node, awaited } = this;
    const { own, points } = node;
    const [counts, before] = [countEach(own), points.length - own.length];
    if (awaited?.before !== before) {
      this.awaited = { block: await this.connection.ethers.provider.getBlockNumber(), before, rounds: undefined };
      return false;
    }
    if (awaited.rounds !== undefined) return (counts.get("challenger.done") ?? 0) > awaited.rounds;
    const status = await node.client?.get<{ readonly block: number }>("/v1/status");
    const isRead = status !== undefined && status.block >= awaited.block;
    if (isRead) this.awaited = { ...awaited, rounds: counts.get("challenger.round") ?? 0 };
    return false;
  }

  private async states(): Promise<string[]> {
    const { client } = this.node;
    if (client === undefined) return ["unknown"];
    const hashes = this.accepted.map(hashBytes);
    const answers = hashes.map((hash) => client.get<TransactionAnswer>(`/v1/transactions/${hash}`));
    return (await Promise.all(answers)).map(({ state }) => state);
  }

  private async areBondsHome(): Promise<boolean> {
    const { assertions, claims, chain } = this.view;
    const signers = await this.connection.ethers.getSigners();
    const bonded = [ACCOUNTS.asserter, ACCOUNTS.challenger].map((index) => low(signers[index].address));
    const credits = await Promise.all(bonded.map((account) => chain.contracts.rollup.credit(account)));
    const isOurs = ({ author }: { readonly author: Hex }): boolean => bonded.includes(author);
    const pending = assertions.all().some((each) => isOurs(each) && each.parent && each.status === "pending");
    const open = claims.all().some((claim) => isOurs(claim) && claim.status === "open");
    return !pending && !open && credits.every((credit) => credit === 0n);
  }

  /** What the node says of the users, as pairs of balance and nonce. */
  private async served(users: readonly HardhatEthersSigner[]): Promise<string[]> {
    const said: string[] = [];
    for (const { address } of users) {
      await this.wait(async () => {
        const answer = await this.node.client?.get<Accounts>(`/v1/accounts/${low(address)}`);
        if (answer === undefined) return false;
        said.push(answer.accounts.map(({ balance, nonce }) => `${balance} ${nonce}`).join());
        return true;
      });
    }
    return said;
  }

  /** Lets what was sent become final, and the node stop in order. Gives its exit status. */
  private async leave(): Promise<number | null> {
    await this.connection.provider.request({ method: "hardhat_mine", params: [FINAL_AFTER] });
    await this.wait(() => Promise.resolve(this.isAllFinal()));
    return (await this.node.end()).status;
  }

  private isAllFinal(): boolean {
    const { points, kills } = this.node;
    // Who dies there comes there again.
    const died = kills.filter((kill) => "target" in kill && kill.target.point === "transaction.final").length;
    const counts = countEach(points);
    return (counts.get("transaction.final") ?? 0) - died >= (counts.get("transaction.recorded") ?? 0);
  }

  private async accountOf({ address }: HardhatEthersSigner): Promise<ReturnType<typeof queryLedgerAccount>> {
    await this.view.sync();
    const { executor, program } = this.view;
    return queryLedgerAccount(program, executor.boundary(executor.inputCount)!.snapshot, low(address));
  }

  /** Waits, whatever fails meanwhile: the node may be dead. @throws If the day takes too long. */
  private async wait(isSo: () => Promise<boolean>): Promise<void> {
    while (!(await isSo().catch(() => false))) {
      this.node.requireAlive();
      if (Date.now() > this.until) throw new Error(`The day does not end:\n${this.node.log}`);
      await new Promise((resolve) => setTimeout(resolve, TURN));
    }
  }
}

/** What a process is to react to before time passes. */
interface Awaited {
  readonly block: number;
  /** How many points were reached before the process was started. */
  readonly before: number;
  /** How many of the challenger's rounds it had begun when it had read the block; undefined until it has. */
  readonly rounds: number | undefined;
}

interface Accounts {
  readonly accounts: readonly { readonly balance: string; readonly nonce: string }[];
}

async function mineEvery(connection: NetworkConnection, milliseconds: number): Promise<void> {
  await connection.provider.request({ method: "evm_setAutomine", params: [false] });
  await connection.provider.request({ method: "evm_setIntervalMining", params: [milliseconds] });
}

function low(address: string): Hex {
  return address.toLowerCase() as Hex;
}
