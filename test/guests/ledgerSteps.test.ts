import { expect } from "chai";

import { buildGuest } from "../../plugin/guests/build.js";
import { encodeLedgerBatch, encodeLedgerDeposit, type LedgerPaymentAction } from "../../plugin/guests/ledger.js";
import type { Input } from "../../plugin/input.js";
import { loadWasmProgram, type WasmProgram } from "../../plugin/machines/wasm/program.js";
import type { WasmMachine } from "../../plugin/machines/wasm/wasmMachine.js";
import { addressOf, DOMAIN, sign } from "../helpers/ledgerScenario.js";
import {
  deployContracts,
  expectAgreement,
  inputOf,
  makeStep,
  type Contracts,
  type Step,
} from "../machines/wasm/twins.js";

/** How many steps of a kind are proved on chain, the first ones that come. */
const SAMPLES = 3;

/** The most gas of a whole transaction that proves such a step on the ledger, in thousands. */
const GAS_LIMITS: Readonly<Record<string, number>> = {
  "i32.add": 75,
  "i64.add": 75,
  "i64.and": 75,
  "i64.load": 105,
  "i64.store": 105,
  call: 110,
  "host.input_word": 150,
};

/** Instructions, and steps of inputs, their delivery included. */
const SIZES = {
  ledger: {
    instructions: 924,
    ...{ first: 952, second: 845, again: 839, empty: 137, transfer: 2321, withdrawal: 1986, root: 3677 },
  },
  "ledger-c": {
    instructions: 2482,
    ...{ first: 951, second: 861, again: 856, empty: 111, transfer: 2081, withdrawal: 1599, root: 3453 },
  },
} as const;

for (const [name, size] of Object.entries(SIZES))
  describe(`${name}, step by step`, () => {
    let contracts: Contracts;
    let program: WasmProgram;
    let machine: WasmMachine;

    before(async () => {
      contracts = await deployContracts();
      program = loadWasmProgram(await buildGuest(name));
    });

    beforeEach(() => {
      machine = program.start();
    });

    const budget = 2n ** 22n;
    const deposit = (actor: number): Input =>
      inputOf(contracts.sourceAddress, encodeLedgerDeposit(addressOf(actor), 10n ** 18n, DOMAIN), {
        kind: "deposit",
        budget,
      });
    const batch = (...drafts: readonly [LedgerPaymentAction, amount: bigint][]): Input => {
      const signed = drafts.map(([action, amount], place) =>
        sign(0, { action, to: addressOf(1), amount, nonce: BigInt(place) }),
      );
      return inputOf(contracts.sourceAddress, encodeLedgerBatch(signed), { kind: "batch", budget });
    };

    /** Steps that an input takes, its delivery included. */
    function steps(input: Input): number {
      machine.deliver(input);
      return 1 + machine.run(Number(budget));
    }

    it("is as small and as quick as it was", () => {
      expect(program.memoryDepth).to.equal(16);
      const [first, second, again] = [deposit(0), deposit(1), deposit(1)].map(steps);
      const empty = steps(batch());
      const deposited = machine.snapshot();
      const stepsOf = (...drafts: readonly [LedgerPaymentAction, bigint][]): number => {
        machine.restore(deposited);
        return steps(batch(...drafts)) - empty;
      };
      const transfer = stepsOf(["transfer", 1n]);
      // The tree's root is computed once for each input.
      const withdrawal = stepsOf(["withdrawal", 1n], ["withdrawal", 1n]) - stepsOf(["withdrawal", 1n]);
      const root = stepsOf(["withdrawal", 1n]) - withdrawal;
      const instructions = program.code.length;
      expect({ instructions, first, second, again, empty, transfer, withdrawal, root }).to.deep.equal(size);
    });

    it("proves each kind of its steps on chain, within the gas that was promised", async () => {
      machine.deliver(deposit(0));
      machine.run(Number(budget));
      const samples = new Map<string, Step[]>();
      for (const input of [deposit(1), batch(["transfer", 1n], ["withdrawal", 2n], ["transfer", 10n ** 20n])]) {
        do {
          const kind = machine.describe(input).kind;
          const known = samples.get(kind) ?? [];
          if (known.length < SAMPLES) samples.set(kind, [...known, makeStep(machine, input)]);
          else if (machine.waiting) machine.deliver(input);
          else machine.run(1);
        } while (!machine.waiting);
      }
      const [signer] = await contracts.ethers.getSigners();
      const gas: Record<string, number> = {};
      for (const [kind, proofs] of samples) {
        for (const proof of proofs) await expectAgreement(contracts, proof, kind);
        const { context, before, witness } = proofs[proofs.length - 1];
        const call = await contracts.machine.step.populateTransaction(context, before, witness);
        gas[kind] = Number((await (await signer.sendTransaction(call)).wait())!.gasUsed);
      }
      for (const [kind, limit] of Object.entries(GAS_LIMITS)) expect(gas[kind], kind).to.be.below(limit * 1000);
    }).timeout(120_000);
  });
