import { readFileSync, writeFileSync } from "node:fs";

import { concatBytes } from "@noble/hashes/utils.js";
import { expect } from "chai";

import { buildGuest } from "../../../plugin/guests/build.js";
import { encodeLedgerDeposit, encodeLedgerTransaction } from "../../../plugin/guests/ledger.js";
import { bytesToHex } from "../../../plugin/hex.js";
import type { Input } from "../../../plugin/input.js";
import type { RegisterMachine } from "../../../plugin/machines/registers/registerMachine.js";
import { loadMipsProgram } from "../../../plugin/machines/mips/index.js";
import { ACTORS, DOMAIN, sign } from "../../helpers/ledgerScenario.js";
import {
  deployContracts,
  expectAgreement,
  inputOf,
  makeStep,
  Random,
  type Contracts,
  type Step,
} from "../wasm/twins.js";
import { ENCODE } from "./assemble.js";
import { place } from "./setting.js";

/** What a step costs as a transaction of its own. To accept new figures: UPDATE_GAS=1 npx hardhat test mocha test/machines/mips/gas.test.ts */
const SNAPSHOT = new URL("../../snapshots/step-gas-mips.json", import.meta.url);

const ACCOUNTS = 500;
const TRANSACTIONS = 64;
/** Steps of the batch that are looked at: some transactions' worth. */
const STEPS = 6_000;

/** Rows of the table, and what of the ledger's steps is in them. The dearest step of each is measured. */
const ROWS: Readonly<Record<string, RegExp>> = {
  add: /^(add|addu|addi|addiu|sub|subu)$/,
  numeric: /^(lui|s[lr][lt].*|sra.*|x?ori?|nor|andi?|mu?l.*|m[ft](hi|lo)|mov[nz]|ext|ins|se[bh])$/,
  branch: /^b(eq|ne|lez|gtz|ltz|gez)$/,
  jump: /^j(al|r|alr)?$/,
  load: /^l(b|bu|h|hu|w)$/,
  store: /^s(b|h|w)$/,
  readInput: /^host\.input_word$/,
  keccak256: /^host\.keccak256$/,
  ecrecover: /^host\.ecrecover$/,
};

/** What the design promises. */
const LIMITS: Readonly<Record<string, number>> = {
  add: 72_000,
  numeric: 72_000,
  branch: 72_000,
  jump: 72_000,
  load: 102_000,
  store: 102_000,
};

describe("The gas of a MIPS step", function () {
  this.timeout(180_000);
  const random = new Random(55);
  const measured: Record<string, number> = {};
  let contracts: Contracts;
  let machine: RegisterMachine;

  before(async () => {
    contracts = await deployContracts("MipsMachine");
    machine = loadMipsProgram(await buildGuest("ledger-c", { machine: "mips" })).start();
    for (let number = 0; number < ACCOUNTS; number++) {
      machine.deliver(depositOf(number));
      machine.run(2 ** 22);
    }
    expect(machine.outcome).to.equal("returned");
  });

  it("of the ledger with many accounts is what the design promises", async () => {
    machine.deliver(batchOf(ACCOUNTS));
    for (const [row, step] of dearest()) {
      await expectAgreement(contracts, step, row);
      measured[row] = await gasOf(step);
    }
    for (const [row, limit] of Object.entries(LIMITS)) expect(measured[row], row).to.be.lessThan(limit);
    for (const row of Object.keys(ROWS)) expect(measured, row).to.have.property(row);
  });

  it("that takes part of a word, traps, ends the input or restores is far below 10 million", async () => {
    const before = machine.snapshot();
    const others: Readonly<Record<string, number>> = {
      loadPart: ENCODE.lwl({ rt: 5, rs: 6 }),
      storePart: ENCODE.swr({ rs: 6, rt: 7 }),
      trap: 1,
      wait: ENCODE.syscall({}),
    };
    for (const [row, code] of Object.entries(others)) {
      machine.restore(before);
      place(machine, { code, registers: { 6: 0x10_001e, 2: 5008 } });
      measured[row] = await agreedGas(makeStep(machine), row);
    }
    machine.deliver(inputOf(contracts.sourceAddress, new Uint8Array(), { budget: 1n }));
    measured.restore = await agreedGas(makeStep(machine), "restore");
  });

  it("is what the snapshot says", () => {
    const sorted = Object.fromEntries(Object.entries(measured).sort(([a], [b]) => (a < b ? -1 : 1)));
    if (process.env.UPDATE_GAS !== undefined) writeFileSync(SNAPSHOT, `${JSON.stringify(sorted, undefined, 2)}\n`);
    const expected: unknown = JSON.parse(readFileSync(SNAPSHOT, "utf8"));
    expect(sorted, "UPDATE_GAS=1 accepts what is found").to.deep.equal(expected);
  });

  async function agreedGas(step: Step, row: string): Promise<number> {
    await expectAgreement(contracts, step, row);
    const gas = await gasOf(step);
    expect(gas, row).to.be.lessThan(1_000_000);
    return gas;
  }

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
    const to = await contracts.machine.getAddress();
    const transaction = await signer.sendTransaction({ to, data, gasLimit: 10_000_000 });
    return Number((await transaction.wait())!.gasUsed);
  }

  /** Of the next steps the one of each row whose calldata costs most. */
  function dearest(): Map<string, Step> {
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
});
