import { readFileSync, writeFileSync } from "node:fs";

import { keccak_256 } from "@noble/hashes/sha3.js";
import { concatBytes } from "@noble/hashes/utils.js";
import { expect } from "chai";

import { bytesToHex } from "../../../plugin/hex.js";
import { encodeInputHeader, type Input } from "../../../plugin/input.js";
import { encodeLedgerDeposit, encodeLedgerTransaction } from "../../../plugin/guests/ledger.js";
import { MerkleTree } from "../../../plugin/machines/merkle.js";
import { HostCall } from "../../../plugin/machines/hostCalls.js";
import { loadWasmProgram, type WasmMachine } from "../../../plugin/machines/wasm/index.js";
import { Op } from "../../../plugin/machines/wasm/instruction.js";
import { WordTree, wordAt } from "../../../plugin/sources/wordTree.js";
import { ACTORS, DOMAIN, sign } from "../../helpers/ledgerScenario.js";
import { instruction } from "./assemble.js";
import { crowd, rawStep, withSlot, type RawCore } from "./rawStep.js";
import {
  deployContracts,
  expectAgreement,
  inputOf,
  makeStep,
  place,
  Random,
  type Contracts,
  type Step,
} from "./twins.js";

/** What a step costs as a transaction of its own. To accept new figures: UPDATE_GAS=1 npx hardhat test mocha test/machines/wasm/gas.test.ts */
const SNAPSHOT = new URL("../../snapshots/step-gas.json", import.meta.url);

const ACCOUNTS = 500;
const TRANSACTIONS = 64;
/** Steps of the batch that are looked at: some transactions' worth. */
const STEPS = 6_000;

/** Rows of the table, and what of the ledger's steps is in them. The dearest step of each is measured. */
const ROWS: Readonly<Record<string, RegExp>> = {
  add: /^i(32|64)\.(add|sub)$/,
  numeric: /^i(32|64)\.(?!load|store|add|sub)/,
  load: /^i(32|64)\.load/,
  store: /^i(32|64)\.store/,
  copy: /^copy$/,
  constant: /^constant$/,
  select: /^select$/,
  "global.get": /^global\.get$/,
  "global.set": /^global\.set$/,
  jump: /^jump$/,
  jumpIf: /^jump_(if|unless)$/,
  call: /^call$/,
  return: /^return$/,
  readInput: /^host\.input_word$/,
  keccak256: /^host\.keccak256$/,
  ecrecover: /^host\.ecrecover$/,
};

/** Of the tables tree: near the end of what an instruction can name. */
const SLOT = 2 ** 31 + 7;

/** What the design promises. */
const LIMITS: Readonly<Record<string, number>> = {
  add: 75_000,
  load: 105_000,
  store: 105_000,
  call: 110_000,
  readInput: 150_000,
};

describe("Gas of one step", function () {
  this.timeout(60_000);
  const random = new Random(5);
  const program = loadWasmProgram(readFileSync(new URL("../../../guests/ledger/ledger.wasm", import.meta.url)));
  const measured: Record<string, number> = {};
  let contracts: Contracts;

  before(async () => {
    contracts = await deployContracts();
  });

  it("on a ledger of many accounts is what was promised", async () => {
    const machine = program.start();
    for (let number = 0; number < ACCOUNTS; number++) {
      machine.deliver(depositOf(number));
      machine.run(2 ** 22);
      expect(machine.outcome).to.equal("returned");
    }
    const batch = batchOf(ACCOUNTS);
    measured.deliver = await gasOf(makeStep(machine, batch));
    for (const [row, step] of dearest(machine)) measured[row] = await gasOf(step);
    for (const [row, limit] of Object.entries(LIMITS)) expect(measured[row], row).to.be.lessThan(limit);
    for (const row of Object.keys(ROWS)) expect(measured, row).to.have.property(row);
  });

  it("that crosses leaves, restores or ends the input", async () => {
    const machine = program.start();
    machine.deliver(depositOf(3));
    measured.loadAcross = await gasOf(moved(machine, /^i64\.load$/, 2_097_119n));
    measured.storeAcross = await gasOf(moved(machine, /^i64\.store$/, 2_097_119n));
    measured.trap = await gasOf(moved(machine, /^i64\.load$/, 2n ** 32n - 1n));
    machine.run(2 ** 22);
    machine.deliver(batchOf(1));
    runTo(machine, /^host\.publish$/);
    measured.publish = await gasOf(makeStep(machine));
    let last: Step | undefined;
    while (!machine.waiting) last = makeStep(machine);
    measured.end = await gasOf(last!);
    machine.deliver(inputOf(contracts.sourceAddress, new Uint8Array(), { budget: 1n }));
    measured.restore = await gasOf(makeStep(machine));
  });

  it("that a guest makes as dear as it can, on the deepest trees with nothing left out, is far below 10 million", async () => {
    for (const [row, step] of await worstSteps()) {
      await expectAgreement(contracts, step, row);
      measured[row] = await gasOf(step);
      expect(measured[row], row).to.be.lessThan(1_000_000);
    }
  });

  it("is what the snapshot says", () => {
    const sorted = Object.fromEntries(Object.entries(measured).sort(([a], [b]) => (a < b ? -1 : 1)));
    if (process.env.UPDATE_GAS !== undefined) writeFileSync(SNAPSHOT, `${JSON.stringify(sorted, undefined, 2)}\n`);
    const expected: unknown = JSON.parse(readFileSync(SNAPSHOT, "utf8"));
    expect(sorted, "UPDATE_GAS=1 accepts what is found").to.deep.equal(expected);
  });

  function depositOf(number: number): Input {
    const to = ACTORS[number] ?? bytesToHex(random.bytes(20));
    const fields = { kind: "deposit" as const, number: BigInt(number), budget: 2n ** 22n };
    return inputOf(contracts.sourceAddress, encodeLedgerDeposit(to, 10n ** 18n, DOMAIN), fields);
  }

  function batchOf(number: number): Input {
    const transactions = Array.from({ length: TRANSACTIONS }, (_, i) => {
      const action = i % 4 === 3 ? ("withdrawal" as const) : ("transfer" as const);
      const nonce = BigInt(Math.floor(i / 4));
      return encodeLedgerTransaction(
        sign(i % 4, { to: bytesToHex(random.bytes(20)), amount: 10n ** 9n, nonce, action }),
      );
    });
    const fields = { kind: "batch" as const, number: BigInt(number), budget: 2n ** 36n - 1n };
    return inputOf(contracts.sourceAddress, concatBytes(...transactions), fields);
  }

  async function gasOf(step: Step): Promise<number> {
    const [signer] = await contracts.ethers.getSigners();
    const data = contracts.machine.interface.encodeFunctionData("step", [step.context, step.before, step.witness]);
    const transaction = await signer.sendTransaction({
      to: await contracts.machine.getAddress(),
      data,
      gasLimit: 10_000_000,
    });
    return Number((await transaction.wait())!.gasUsed);
  }

  /** Of the next steps the one of each row whose calldata costs most. */
  function dearest(machine: WasmMachine): Map<string, Step> {
    const found = new Map<string, { step: Step; cost: number }>();
    for (let i = 0; i < STEPS && !machine.waiting; i++) {
      const { kind } = machine.describe();
      const row = Object.keys(ROWS).find((name) => ROWS[name].test(kind));
      const step = makeStep(machine);
      const cost = step.witness.reduce((sum, byte) => sum + (byte === 0 ? 1 : 4), 0);
      if (row !== undefined && cost > (found.get(row)?.cost ?? 0)) found.set(row, { step, cost });
    }
    return new Map([...found].map(([row, { step }]) => [row, step]));
  }

  function runTo(machine: WasmMachine, kind: RegExp): void {
    while (!machine.waiting && !kind.test(machine.describe().kind)) machine.run(1);
    if (machine.waiting) throw new Error(`the input ended before ${kind.source}`);
  }

  /** The next step of that kind, with another address than the guest gave; leaves the machine where it was. */
  function moved(machine: WasmMachine, kind: RegExp, address: bigint): Step {
    const before = machine.snapshot();
    runTo(machine, kind);
    const { pc, fp } = machine.registers;
    const { h, low } = program.code[pc];
    place(machine, { pc, fp, slots: { [h]: BigInt.asUintN(32, address - BigInt(low)) } });
    const step = makeStep(machine);
    machine.restore(before);
    return step;
  }

  /** Instructions that touch most, in a program as large as a program can be. */
  async function worstSteps(): Promise<Map<string, Step>> {
    const preimage = random.bytes(300_000);
    await contracts.preimages.publish(preimage, { gasLimit: 16_000_000 });
    const input = inputOf(contracts.sourceAddress, random.bytes(2 ** 18));
    const fp = 65_500;
    const h = 6;
    const [one, other] = [2 ** 27 - 9, 2 ** 26 + 77];
    const base: RawCore = {
      pc: 12_345_678,
      fp,
      pages: 65_536,
      memory: crowd(crowd(MerkleTree.empty(27), one), other).withLeaf(one, keccak_256(preimage)),
      stack: crowd(crowd(MerkleTree.empty(14), (fp + h) >> 2), (fp + h + 2) >> 2),
      tables: crowd(MerkleTree.empty(30), SLOT >>> 2),
    };
    const core = (...values: bigint[]): RawCore => ({
      ...base,
      stack: values.reduce((stack, value, index) => withSlot(stack, fp + h + index, value), base.stack),
    });
    const next = (from: RawCore, changes: Partial<RawCore>): RawCore => ({ ...from, pc: from.pc + 1, ...changes });
    const slots = (from: RawCore, ...numbers: number[]) =>
      numbers.map((number) => from.stack.opening((fp + h + number) >> 2));
    const worst = new Map<string, Step>();

    const read = core(BigInt(one * 32), 5000n, BigInt(other * 32));
    const word = wordAt(preimage, 4999);
    const found = next(read, { memory: read.memory.withLeaf(other, word) });
    const readPreimage = instruction(Op.host, { h, a: HostCall.preimageWord });
    worst.set(
      "worst.preimage_word",
      rawStep(readPreimage, 25, read, found, input, (writer) => {
        for (const opening of slots(read, 2, 0)) writer.opening(opening);
        writer.bytes(encodeInputHeader(input.header));
        writer.opening(read.memory.opening(one));
        writer.proof(concatBytes(word, new WordTree(preimage).prove(4999)));
        writer.opening(read.memory.opening(other));
      }),
    );

    const address = (one + 1) * 32 - 3;
    const store = core(BigInt(address - 7), 0n, 0n);
    const value = random.bytes(8);
    const filled = { ...store, stack: withSlot(store.stack, fp + h + 1, Buffer.from(value).readBigUInt64LE()) };
    const left = store.memory.leaf(one).slice();
    left.set(value.subarray(0, 3), 29);
    const half = filled.memory.withLeaf(one, left);
    const right = half.leaf(one + 1).slice();
    right.set(value.subarray(3), 0);
    const stored = next(filled, { memory: half.withLeaf(one + 1, right) });
    worst.set(
      "worst.store",
      rawStep(instruction(0x37, { h, low: 7 }), 25, filled, stored, input, (writer) => {
        for (const opening of slots(filled, 1)) writer.opening(opening);
        writer.opening(filled.memory.opening(one));
        writer.opening(half.opening(one + 1));
      }),
    );

    const block = one - (one % 8);
    const hash = core(BigInt(block * 32), 256n, BigInt(other * 32));
    const digest = keccak_256(hash.memory.opening(block, 3).leaves);
    const hashed = next(hash, { memory: hash.memory.withLeaf(other, digest) });
    worst.set(
      "worst.keccak256",
      rawStep(instruction(Op.host, { h, a: HostCall.keccak256 }), 25, hash, hashed, input, (writer) => {
        for (const opening of slots(hash, 2, 0)) writer.opening(opening);
        writer.opening(hash.memory.opening(block, 3));
        writer.opening(hash.memory.opening(other));
      }),
    );

    const call = core(5n, 5n);
    const caller = { ...call, tables: withSlot(call.tables, SLOT, (3n << 48n) | (4242n << 24n) | (1n << 16n) | 9n) };
    const called = next(caller, {
      pc: 4242,
      fp: fp + h,
      stack: withSlot(caller.stack, fp + h + 1, (BigInt(base.pc + 1) << 32n) | BigInt(fp)),
    });
    const callIndirect = instruction(Op.callIndirect, { h, a: 2 * 2 ** 16 + 0, low: 9, high: SLOT - 5 });
    worst.set(
      "worst.call_indirect",
      rawStep(callIndirect, 25, caller, called, input, (writer) => {
        for (const opening of slots(caller, 0)) writer.opening(opening);
        writer.opening(caller.tables.opening(SLOT >>> 2));
      }),
    );

    const filler = random.bits(64);
    const setting = core(5n, filler);
    const set = next(setting, { tables: withSlot(setting.tables, SLOT, filler) });
    worst.set(
      "worst.table_set",
      rawStep(instruction(Op.tableSet, { h, low: 9, high: SLOT - 5 }), 25, setting, set, input, (writer) => {
        for (const opening of slots(setting, 0)) writer.opening(opening);
        writer.opening(setting.tables.opening(SLOT >>> 2));
      }),
    );
    return worst;
  }
});
