import { expect } from "chai";

import { hexToBytes } from "../../plugin/hex.js";
import { MACHINE_NAMES } from "../../plugin/machineTable.js";
import type { Machine, Program } from "../../plugin/machines/machine.js";
import { treeOf, type SnapshotImage } from "../../plugin/machines/snapshotImage.js";
import { encodeLedgerDeposit } from "../../plugin/guests/ledger.js";
import { guestProgram } from "../helpers/chains.js";
import { inputOf } from "../helpers/inputs.js";

const DOMAIN = { chainId: 1n, bridge: `0x${"0b".repeat(20)}` } as const;

/** Executes deposits `from` to `end`, and an input in between that the guest rejects. */
function execute(machine: Machine, from: number, end: number): void {
  for (let number = from; number < end; number++) {
    const to = `0x${(number + 1).toString(16).padStart(40, "0")}` as const;
    const data = number % 5 === 3 ? hexToBytes("0x01") : encodeLedgerDeposit(to, BigInt(number), DOMAIN);
    machine.deliver(inputOf({ kind: "deposit", number: BigInt(number), data }));
    while (!machine.waiting) machine.run(2 ** 22);
  }
}

/** As it would be read from a disk: nothing of it is shared with the machine. */
function copyOf(image: SnapshotImage): SnapshotImage {
  const trees = image.trees.map((tree) => {
    const pages = [...tree.pages()].map(({ index, data }) => [index, data.slice()] as const);
    return treeOf({ depth: tree.depth, pages });
  });
  return { ...image, registers: image.registers.slice(), trees };
}

for (const name of MACHINE_NAMES) {
  describe(`a ${name} machine that is written down`, function () {
    this.timeout(60_000);
    let program: Program;
    let machine: Machine;
    let image: SnapshotImage;

    before(async () => {
      program = await guestProgram("ledger-c", name);
      machine = program.start();
      execute(machine, 0, 7);
      image = machine.imageOf!(machine.snapshot());
    });

    it("is the same when it is read, and goes on as it would have", () => {
      const other = program.start();
      other.restore(other.snapshotOf!(copyOf(image)));
      expect([other.state(), other.outcome]).to.deep.equal([machine.state(), machine.outcome]);
      const ahead = program.start();
      ahead.restore(machine.snapshot());
      execute(ahead, 7, 12);
      execute(other, 7, 12);
      expect(other.stateHash()).to.equal(ahead.stateHash());
    });

    it("takes the place of a machine that is elsewhere, and gives it back", () => {
      const other = program.start();
      execute(other, 0, 2);
      const before = { snapshot: other.snapshot(), hash: other.stateHash() };
      other.restore(other.snapshotOf!(copyOf(image)));
      expect(other.stateHash()).to.equal(machine.stateHash());
      other.restore(before.snapshot);
      expect(other.stateHash()).to.equal(before.hash);
    });

    it("has another state with any other register, page or field", () => {
      const other = program.start();
      const changed: SnapshotImage[] = [
        { ...image, inputCount: 8n },
        { ...image, outputRoot: `0x${"01".repeat(32)}` },
        { ...image, rejections: `0x${"01".repeat(32)}` },
      ];
      const [memory, ...others] = image.trees;
      for (const { index, data } of memory.pages()) {
        const page = data.slice();
        page[index % page.length] ^= 1;
        changed.push({ ...image, trees: [memory.withPages([[index, page]]), ...others] });
      }
      for (const each of changed) {
        other.restore(other.snapshotOf!(each));
        expect(other.stateHash()).not.to.equal(machine.stateHash());
      }
    });

    it("is refused if it is of another shape", () => {
      const wrong: SnapshotImage[] = [
        { ...image, registers: image.registers.slice(1) },
        { ...image, trees: [] },
        { ...image, trees: image.trees.map(() => treeOf({ depth: 3, pages: [] })) },
      ];
      for (const each of wrong) {
        expect(() => machine.snapshotOf!(each))
          .to.throw()
          .with.property("code", "SNAPSHOT_INVALID");
      }
    });

    it("waits", () => {
      const busy = program.start();
      busy.deliver(inputOf({ kind: "deposit", data: encodeLedgerDeposit(`0x${"07".repeat(20)}`, 1n, DOMAIN) }));
      expect(() => busy.imageOf!(busy.snapshot()))
        .to.throw()
        .with.property("code", "SNAPSHOT_INVALID");
    });
  });
}
