import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { NetworkHelpers } from "@nomicfoundation/hardhat-network-helpers/types";
import { expect } from "chai";
import { network } from "hardhat";

import { encodeLedgerTransaction, signLedgerTransaction } from "../../plugin/guests/ledger.js";
import type { Hex } from "../../plugin/hex.js";
import type { Party } from "../../plugin/testing/party.js";
import type { TestChain } from "../../plugin/testing/testChain.js";
import { guestProgram } from "../helpers/chains.js";
import { disputeSteps, FIVE_LEVELS, gainOf } from "./chains.js";

const ETHER = 10n ** 18n;
const CONFIG = { ...FIVE_LEVELS, inputBudget: { batch: 2 ** 18 - 1, message: 200_000 } };

/** How many of the demo's seeds are played. */
const SEEDS = 40;

interface Ledger {
  readonly chain: TestChain;
  readonly networkHelpers: NetworkHelpers;
  readonly honest: Party;
  readonly parent: Hex;
  readonly truth: Hex;
}

/** A chain that runs the ledger, whose second assertion is about deposits, transfers, a withdrawal and an input that is no batch. */
async function startLedger(): Promise<Ledger> {
  const connection = await network.create();
  const chain = await connection.rollup.deploy(CONFIG, await guestProgram("ledger"));
  const [alice, bob] = [await chain.stranger(), await chain.stranger()];
  const sequencer = await chain.sequencer();
  await (await chain.user(alice)).deposit(2n * ETHER);
  await sequencer.drain();
  await (await chain.user(bob)).deposit(ETHER);
  await (await chain.user(bob)).sendMessage(new Uint8Array([1, 2, 3]));
  for (let nonce = 0n; nonce < 2n; nonce++) sequencer.submit(await signed(chain, alice, bob, nonce));
  sequencer.submit(await signed(chain, alice, bob, 7n));
  await sequencer.postBatch();
  const honest = await chain.honest();
  const parent = await honest.assert();
  const { networkHelpers } = connection;
  return { chain, networkHelpers, honest, parent, truth: await honest.assert() };
}

async function signed(
  { chain: { provider, addresses } }: TestChain,
  from: HardhatEthersSigner,
  to: HardhatEthersSigner,
  nonce: bigint,
): Promise<Uint8Array> {
  const domain = { chainId: (await provider.getNetwork()).chainId, bridge: addresses.bridge };
  const transaction = { to: to.address.toLowerCase() as Hex, amount: ETHER / 4n, nonce };
  const action = nonce === 0n ? "withdrawal" : "transfer";
  return encodeLedgerTransaction(await signLedgerTransaction(from, domain, { action, ...transaction }));
}

/** The first position of every kind of step over the inputs that follow `parent`. */
function firstOfEachKind({ chain, parent }: Ledger): Map<string, bigint> {
  const { executor, assertions, program } = chain.node;
  const { end: first, next } = assertions.get(parent);
  const machine = program.start();
  const found = new Map<string, bigint>();
  for (let number = first; number < next; number++) {
    const input = executor.input(number);
    machine.restore(executor.boundary(number)!.snapshot);
    const base = (number - first) << BigInt(executor.stepBits);
    note(found, "deliver", base);
    machine.deliver(input);
    while (!machine.waiting) {
      note(found, machine.describe().kind, base + BigInt(machine.step));
      machine.run(1);
    }
    note(found, "wait", base + executor.executed()[Number(number)].steps);
  }
  note(found, "idle window", (next - first) << BigInt(executor.stepBits));
  return found;
}

function note(found: Map<string, bigint>, kind: string, position: bigint): void {
  if (!found.has(kind)) found.set(kind, position);
}

/** The classes that the ledger's instructions fall in, each by what a kind's name looks like. */
const CLASSES: Readonly<Record<string, RegExp>> = {
  numeric: /^i(32|64)\.(?!load|store|const)/,
  load: /\.load/,
  store: /\.store/,
  call: /^call$/,
  return: /^return$/,
  jump: /^jump/,
  copy: /^copy$/,
  constant: /const/,
  "host call": /^host\./,
  deliver: /^deliver$/,
  restore: /^host\.reject$|^restore$|^unreachable$/,
  wait: /^wait$/,
};

describe("a lie about one instruction of the ledger", function () {
  this.timeout(120_000);

  it("is refuted on chain whatever the instruction's kind, all at once, by one honest party", async () => {
    const ledger = await startLedger();
    const { chain, honest, parent, truth } = ledger;
    const found = firstOfEachKind(ledger);
    for (const [name, pattern] of Object.entries(CLASSES)) {
      expect(
        [...found.keys()].some((kind) => pattern.test(kind)),
        `the ledger has steps of class ${name}`,
      ).to.equal(true);
    }
    const proved = await disputeSteps(chain, honest, parent, truth, [...found.values()]);
    for (const [kind, position] of found) {
      expect(proved.get(position), `step ${position}`).to.equal(kind === "idle window" ? "wait" : kind);
    }
    expect(gainOf(honest) > 0n).to.equal(true);
    expect(chain.node.assertions.confirmed.end).to.equal(4n);
  });

  it(`is refuted for each of ${SEEDS} seeds of the demo, at the very step that the liar falsified`, async () => {
    const { chain, networkHelpers, parent, truth } = await startLedger();
    const [signer, other] = [await chain.stranger(), await chain.stranger()];
    const snapshot = await networkHelpers.takeSnapshot();
    const kinds = new Set<string>();
    for (let seed = 1; seed <= SEEDS; seed++) {
      const [honest, liar] = [await chain.honest({ signer }), await chain.liar({ signer: other, parent, seed })];
      const lie = await liar.assert();
      const figures = await chain.playDispute([honest, liar]);
      expect(figures.winner, `seed ${seed}`).to.equal("honest");
      expect(new Set(honest.challenger.proved.map(({ position }) => position))).to.deep.equal(new Set([liar.lieAt]));
      expect(chain.node.assertions.get(lie).status).to.equal("countered");
      expect(chain.node.assertions.confirmed.id).to.equal(truth);
      expect(gainOf(honest) > 0n && gainOf(liar) < 0n, `seed ${seed}`).to.equal(true);
      kinds.add(figures.instructionKind!);
      await snapshot.restore();
    }
    expect(kinds.size).to.be.greaterThan(5);
  });
});
