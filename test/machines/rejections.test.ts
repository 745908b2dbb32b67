import { expect } from "chai";
import { AbiCoder, concat, keccak256 } from "ethers";
import fc from "fast-check";

import { ZERO_WORD, type Hex } from "../../plugin/hex.js";
import { INPUT_KINDS, type Input, type InputHeader } from "../../plugin/input.js";
import type { InputOutcome, Machine } from "../../plugin/machines/machine.js";
import { MACHINE_NAMES, type MachineName } from "../../plugin/machineTable.js";
import { guestProgram } from "../helpers/chains.js";
import {
  deployContracts,
  expectAgreement,
  inputOf,
  makeStep,
  stepOnChain,
  type Contracts,
  type Step,
} from "./wasm/twins.js";

const CONTRACTS = { wasm: "WasmMachine", riscv: "RiscvMachine", mips: "MipsMachine" } as const;

/** A batch that the ledger takes, one that it rejects, and one whose budget ends before it has looked at it. */
const PARTS = {
  returned: { data: new Uint8Array(), budget: 2n ** 22n },
  rejected: { data: new Uint8Array(5), budget: 2n ** 22n },
  "out-of-budget": { data: new Uint8Array(), budget: 9n },
} as const;
type Ending = keyof typeof PARTS;

/** As Solidity has it, by another library than the machine's. */
function hashHeader(header: InputHeader): string {
  const fields = Object.values({ ...header, kind: INPUT_KINDS.indexOf(header.kind) });
  const types = ["bytes32", "uint8", "address", "address", "bytes32", ...Array.from({ length: 5 }, () => "uint64")];
  return keccak256(AbiCoder.defaultAbiCoder().encode(types, fields));
}

for (const name of MACHINE_NAMES)
  describe(`What inputs changed nothing, on ${name}`, () => {
    let contracts: Contracts;
    let start: () => Machine & { readonly input: Input | undefined };

    before(async () => {
      contracts = await deployContracts(CONTRACTS[name satisfies MachineName]);
      const program = await guestProgram(name === "wasm" ? "ledger" : "ledger-c", name);
      start = () => program.start() as ReturnType<typeof start>;
    });

    const inputThat = (ends: Ending, number: number): Input =>
      inputOf(contracts.sourceAddress, PARTS[ends].data, { budget: PARTS[ends].budget, number: BigInt(number) });

    /** Comes to the input's last step, makes it, and gives it. */
    function lastStep(machine: ReturnType<typeof start>, input: Input): Step {
      const before = machine.snapshot();
      machine.deliver(input);
      const steps = machine.run(2 ** 23);
      machine.restore(before);
      machine.deliver(input);
      machine.run(steps - 1);
      return makeStep(machine);
    }

    it("is in its state as a hash chain over their headers, and nothing else is", () => {
      const endings = fc.constantFrom<Ending>("returned", "rejected", "out-of-budget");
      fc.assert(
        fc.property(fc.array(endings, { maxLength: 12 }), (given) => {
          const machine = start();
          let chain: string = ZERO_WORD;
          given.forEach((ending, number) => {
            const input = inputThat(ending, number);
            machine.deliver(input);
            machine.run(2 ** 23);
            expect(machine.outcome).to.equal(ending satisfies InputOutcome);
            if (ending !== "returned") chain = keccak256(concat([chain, hashHeader(input.header)]));
            expect(machine.state().rejections).to.equal(chain);
          });
        }),
        { numRuns: 20, seed: 3 },
      );
    });

    it("is the same on chain", async () => {
      const machine = start();
      const endings = ["rejected", "returned", "out-of-budget", "rejected"] as const;
      for (const [number, ending] of endings.entries()) {
        const before = machine.state().rejections;
        await expectAgreement(contracts, lastStep(machine, inputThat(ending, number)), ending);
        expect(machine.state().rejections === before, ending).to.equal(ending === "returned");
      }
    });

    it("depends on which input it was, and on all that were before it", async () => {
      const step = lastStep(start(), inputThat("out-of-budget", 0));
      const inputHash: Hex = `0x${"17".repeat(32)}`;
      const changed = [
        { ...step, context: { ...step.context, inputHash } },
        { ...step, before: { ...step.before, rejections: inputHash } },
      ];
      for (const { before, context, witness } of changed) {
        const { rejections } = await stepOnChain(contracts, { before, context, witness });
        expect(rejections).to.equal(keccak256(concat([before.rejections, context.inputHash])));
        expect(rejections).to.not.equal(step.after.rejections);
      }
    });
  });
