import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

import { expect } from "chai";

import { Console } from "../../plugin/console/console.js";
import { formatCount, formatHash, formatJson } from "../../plugin/console/format.js";
import { formatTable } from "../../plugin/console/table.js";
import { Timeline } from "../../plugin/console/timeline.js";

/** A console whose streams are read back. */
function recorded(json: boolean) {
  const written = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof written) => ({ write: (text: string) => (written[name] += text) });
  return { written, out: new Console(json, { stdout: stream("stdout"), stderr: stream("stderr") }) };
}

describe("a task's output", () => {
  it("speaks to people on standard output, and prints no JSON unless asked", () => {
    const { written, out } = recorded(false);
    out.line("hello");
    out.result({ a: 1 });
    expect(written).to.deep.equal({ stdout: "hello\n", stderr: "" });
  });

  it("with --json leaves standard output to one JSON value", async () => {
    const { written, out } = recorded(true);
    out.line("hello");
    out.table([{ title: "a" }], [["b"]]);
    out.fields({ name: "value" });
    await out.during("working", async () => out.note("note"));
    out.result({ wei: 5n });
    expect(JSON.parse(written.stdout)).to.deep.equal({ wei: "5" });
    expect(written.stderr).to.contain("hello").and.contain("value").and.contain("note");
  });

  describe("while something is under way", () => {
    let folder: string;
    let file: FileHandle;
    const out = () => new Console(false, { stdout: process.stdout, stderr: { write: () => true, fd: file.fd } });
    const told = () => readFile(join(folder, "stderr"), "utf8");

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "console-"));
      file = await open(join(folder, "stderr"), "w");
    });

    afterEach(async () => {
      await file.close();
      await rm(folder, { recursive: true });
    });

    it("is never silent for more than two seconds, even where the process is too busy for timers", async () => {
      await out().during("working", async () => {
        await setTimeout(200);
        for (const end = Date.now() + 2_000; Date.now() < end;);
      });
      expect(await told()).to.match(/^\.\.\. working, \d s\n$/);
    });

    it("says nothing more once the work has failed", async () => {
      const failed = out().during("working", async () => {
        throw new Error("no");
      });
      expect(await failed.catch((error: unknown) => String(error))).to.equal("Error: no");
      await setTimeout(1_900);
      expect(await told()).to.equal("");
    });
  });
});

describe("figures for people", () => {
  it("have their thousands apart", () => {
    expect([0, 999, 1000, 1234567n].map(formatCount)).to.deep.equal(["0", "999", "1,000", "1,234,567"]);
  });

  it("shorten hashes, and leave short text as it is", () => {
    expect(formatHash(`0x${"ab".repeat(32)}`)).to.equal("0xabababab..abab");
    expect(formatHash("0x1234")).to.equal("0x1234");
  });

  it("write bigints as decimal strings in JSON", () => {
    expect(formatJson([1n, { a: 2n }])).to.equal(JSON.stringify(["1", { a: "2" }], undefined, 2));
  });

  it("line up in tables", () => {
    const lines = formatTable(
      [{ title: "name" }, { title: "gas", align: "right" }],
      [
        ["a", "10"],
        ["longer", "5"],
      ],
    );
    expect(lines).to.deep.equal(["name    gas", "------  ---", "a        10", "longer    5"]);
  });
});

describe("a timeline", () => {
  it("shows the chain's time since its first line, who did what, and what it took", () => {
    const { written, out } = recorded(false);
    const timeline = new Timeline(out, { costs: true });
    const event = timeline.party("honest");
    const cost = { gas: 1000n, fee: 10n ** 12n, blobGas: 0n, blobFee: 0n, value: 10n ** 17n };
    event({ type: "sending", action: "assert", text: "asserts", cost });
    event({ type: "sent", action: "assert", text: "asserts", hash: "0x", timestamp: 100n, spent: cost });
    event({
      type: "sent",
      action: "confirm",
      text: "confirms",
      hash: "0x",
      timestamp: 3700n,
      spent: { ...cost, value: 0n },
    });
    expect(written.stdout.split("\n")).to.deep.equal([
      "...         honest      asserts: 0.1 ETH and about 1,000 gas (0.000001 ETH)",
      "+0s         honest      asserts  (1,000 gas, 0.1 ETH)",
      "+1h         honest      confirms  (1,000 gas)",
      "",
    ]);
    expect(timeline.elapsed).to.equal(3600);
  });
});
