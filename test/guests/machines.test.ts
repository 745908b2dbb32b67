import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { expect } from "chai";
import fc from "fast-check";

import { buildGuest } from "../../plugin/guests/build.js";
import { compileElf } from "../../plugin/guests/compileElf.js";
import { bytesToHex, wordOf } from "../../plugin/hex.js";
import type { Input } from "../../plugin/input.js";
import type { InputOutcome, Machine } from "../../plugin/machines/machine.js";
import { MACHINE_NAMES, MACHINES, type MachineName } from "../../plugin/machineTable.js";
import { PACKAGE_ROOT } from "../../plugin/packageRoot.js";
import { inputOf, type InputParts } from "../helpers/inputs.js";
import { LedgerModel } from "../helpers/ledgerModel.js";
import { inputFor, scenario } from "../helpers/ledgerScenario.js";

/** What an input did, as far as a guest can tell the world. */
interface Handled {
  readonly outcome: InputOutcome;
  readonly logs: readonly string[];
  readonly outputRoot: string;
}

/** A guest that was built for one of the machines. */
class Subject {
  private readonly machine: Machine;
  private logs: string[] = [];

  private constructor(
    readonly name: MachineName,
    machine: (log: (data: Uint8Array) => void) => Machine,
  ) {
    this.machine = machine((data) => this.logs.push(bytesToHex(data)));
  }

  static async of(name: MachineName, guest: string): Promise<Subject> {
    const load = await MACHINES[name].load();
    const program = load(await buildGuest(guest, { machine: name }));
    return new Subject(name, (log) => program.start({ log: ({ data }) => log(data) }));
  }

  handle(input: Input): Handled {
    this.logs = [];
    this.machine.deliver(input);
    this.machine.run(Number(input.header.budget) + 1);
    return { outcome: this.machine.outcome!, logs: this.logs, outputRoot: this.machine.state().outputRoot };
  }
}

/** Batches, since floats take several times as many steps where numbers have 32 bits. */
const ORBIT: readonly (readonly [InputParts, InputOutcome])[] = [
  ...[0n, 1n, 2n, 77n, 402n, 1000n].map((steps) => [{ data: wordOf(steps) }, "returned"] as const),
  [{ data: wordOf(1001n) }, "rejected"],
  [{ data: new Uint8Array(31) }, "rejected"],
  [{ kind: "deposit", data: wordOf(1n) }, "rejected"],
];

describe("One source on all machines", function () {
  this.timeout(180_000);
  const others = MACHINE_NAMES.filter((name) => name !== "wasm");

  for (const name of others) {
    it(`orbit, which computes with floats, comes to the same on ${name} as on wasm, to the last bit`, async () => {
      const [wasm, other] = [await Subject.of("wasm", "orbit"), await Subject.of(name, "orbit")];
      for (const [parts, outcome] of ORBIT) {
        const input = inputOf(parts);
        const handled = other.handle(input);
        expect(handled).to.deep.equal(wasm.handle(input));
        expect(handled.outcome).to.equal(outcome);
      }
    });

    it(`the ledger comes to the same on ${name} as on wasm, whatever happens to it`, async () => {
      for (const events of fc.sample(scenario, { numRuns: 8, seed: 6 })) {
        const [wasm, other] = [await Subject.of("wasm", "ledger-c"), await Subject.of(name, "ledger-c")];
        const [model, inputs] = [new LedgerModel(), [] as Input[]];
        for (const event of events) {
          const input = inputFor(event, model, inputs);
          inputs.push(input);
          const handled = other.handle(input);
          expect(handled).to.deep.equal(wasm.handle(input));
          expect(handled).to.deep.equal({ ...model.handle(input), outputRoot: model.outputRoot });
        }
      }
    });
  }

  for (const name of others) {
    for (const guest of ["ledger-c", "orbit"]) {
      const folder = join(PACKAGE_ROOT, "guests", guest);
      const file = `${guest}.${name}.elf`;

      it(`${file} has the sha256 that lies beside it`, async () => {
        const sha256 = createHash("sha256")
          .update(await readFile(join(folder, file)))
          .digest("hex");
        expect(await readFile(join(folder, `${file}.sha256`), "utf8")).to.equal(`${sha256}  ${file}\n`);
      });

      it(`${file} is what its source and clang 14 give, where that is installed`, async function () {
        if (!/clang version 14\./.test(spawnSync("clang", ["--version"]).stdout?.toString() ?? "")) return this.skip();
        const names = (await readdir(folder)).filter((entry) => entry.endsWith(".c")).sort();
        const built = await compileElf(
          name,
          names.map((entry) => join(folder, entry)),
        );
        expect(Buffer.compare(built, await readFile(join(folder, file)))).to.equal(0);
      });
    }
  }
});
