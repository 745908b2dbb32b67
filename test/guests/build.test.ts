import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { buildGuest, KNOWN_GUESTS } from "../../plugin/guests/build.js";
import type { GuestCompileError } from "../../plugin/guests/errors.js";
import { RollupError } from "../../plugin/errors.js";
import { bytesToHex, wordOf } from "../../plugin/hex.js";
import { parseModule } from "../../plugin/machines/wasm/parse.js";
import { PACKAGE_ROOT } from "../../plugin/packageRoot.js";
import { GuestPair } from "../helpers/guestPair.js";
import { inputOf } from "../helpers/inputs.js";

async function failure(promise: Promise<unknown>): Promise<RollupError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof RollupError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

describe("building guests", function () {
  this.timeout(120_000);

  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "guests-"));
  });

  after(() => rm(folder, { recursive: true }));

  for (const name of KNOWN_GUESTS) {
    it(`compiles ${name} to the very bytes that this package brings`, async () => {
      const brought = await buildGuest(name);
      expect(bytesToHex(await buildGuest(name, { fromSource: true }))).to.equal(bytesToHex(brought));
    });

    it(`gives the same bytes for a copy of ${name} elsewhere, whatever compiler options lie beside it`, async () => {
      const copy = join(folder, `my-${name}`);
      await cp(join(PACKAGE_ROOT, "guests", name), copy, { recursive: true });
      await writeFile(join(copy, "asconfig.json"), JSON.stringify({ options: { optimizeLevel: 0, debug: true } }));
      expect(bytesToHex(await buildGuest(`my-${name}`, { root: folder }))).to.equal(bytesToHex(await buildGuest(name)));
    });

    it(`keeps ${name} small: no start function, no imports but host calls, a memory that cannot grow`, async () => {
      const { start, imports, memory } = parseModule(await buildGuest(name));
      expect(start).to.equal(undefined);
      expect(new Set(imports.map(({ module }) => module))).to.deep.equal(new Set(["rollup"]));
      const pages = name.startsWith("ledger") ? 32 : 1;
      expect(memory).to.deep.equal({ minimum: pages, maximum: pages });
    });
  }

  it("takes a compiled guest as it is", async () => {
    const bytes = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
    await writeFile(join(folder, "ready.wasm"), bytes);
    expect(await buildGuest("ready.wasm", { root: folder })).to.deep.equal(bytes);
    expect(await buildGuest(join(folder, "ready.wasm"))).to.deep.equal(bytes);
  });

  it("takes a folder's compiled guest unless it is told to compile", async () => {
    const both = join(folder, "both");
    await mkdir(both);
    await cp(join(PACKAGE_ROOT, "guests", "counter", "index.ts"), join(both, "index.ts"));
    await writeFile(join(both, "both.wasm"), Uint8Array.of(1));
    expect(await buildGuest(both)).to.deep.equal(Uint8Array.of(1));
    expect(bytesToHex(await buildGuest(both, { fromSource: true }))).to.equal(bytesToHex(await buildGuest("counter")));
  });

  it("names a guest that it cannot find, and where it looked", async () => {
    const error = await failure(buildGuest("no/such/guest", { root: folder }));
    expect(error.code).to.equal("GUEST_NOT_FOUND");
    expect(error.message).to.contain("no/such/guest").and.to.contain(folder);
    await writeFile(join(folder, "guest.txt"), "");
    expect((await failure(buildGuest("guest.txt", { root: folder }))).code).to.equal("GUEST_NOT_FOUND");
  });

  it("says what the compiler said", async () => {
    await writeFile(join(folder, "wrong.ts"), "export function handle(): void {\n  missing();\n}\n");
    const error = await failure(buildGuest("wrong.ts", { root: folder }));
    expect(error.code).to.equal("GUEST_NOT_COMPILED");
    expect((error as GuestCompileError).diagnostics)
      .to.contain("Cannot find name 'missing'")
      .and.to.contain("wrong.ts(2,3)");
  });

  it("says which import leads nowhere", async () => {
    await writeFile(
      join(folder, "lost.ts"),
      'import { a } from "./nowhere";\nexport function handle(): void { a(); }\n',
    );
    const error = await failure(buildGuest("lost.ts", { root: folder }));
    expect((error as GuestCompileError).diagnostics).to.contain("nowhere.ts' not found");
  });

  it("keeps the counter short enough to be shown in the README", async () => {
    const source = await readFile(join(PACKAGE_ROOT, "guests", "counter", "index.ts"), "utf8");
    expect(source.trim().split("\n")).to.have.length.below(25);
  });
});

describe("the counter", () => {
  let pair: GuestPair;

  beforeEach(async () => {
    pair = await GuestPair.of(await buildGuest("counter"));
  });

  it("adds up what batches and messages say, and publishes the total", () => {
    pair.handle(inputOf({ data: wordOf(40n) }));
    const { outcome, logs, outputRoot } = pair.handle(inputOf({ kind: "message", data: wordOf(2n) }));
    const total = bytesToHex(wordOf(42n));
    expect({ outcome, logs, outputRoot }).to.deep.equal({ outcome: "returned", logs: [total], outputRoot: total });
  });

  it("rejects deposits, other lengths and a total past 256 bits, and goes on as if nothing had been", () => {
    pair.handle(inputOf({ data: wordOf(7n) }));
    const bad = [
      inputOf({ kind: "deposit", data: wordOf(1n) }),
      inputOf({ data: wordOf(1n).subarray(1) }),
      inputOf({ data: Buffer.concat([wordOf(1n), new Uint8Array(1)]) }),
      inputOf({ data: wordOf(2n ** 256n - 7n) }),
    ];
    for (const input of bad) expect(pair.handle(input).outcome).to.equal("rejected");
    expect(pair.handle(inputOf({ data: wordOf(2n ** 256n - 8n) })).outputRoot).to.equal(
      bytesToHex(wordOf(2n ** 256n - 1n)),
    );
  });
});
