import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { expect } from "chai";

const PROGRAM = fileURLToPath(new URL("youngGenerationProgram.ts", import.meta.url));
const MIB = 2 ** 20;

/** In a process of its own: what V8 may take is said when one is started. */
async function most(how: "regulated" | "released"): Promise<number> {
  const execArgv = ["--import", "tsx/esm", "--max-semi-space-size=64"];
  const [bytes] = (await once(fork(PROGRAM, [how], { execArgv }), "message")) as [number];
  return bytes / MIB;
}

describe("the young generation of a node's heap", function () {
  this.timeout(120_000);

  it("is as large as a node needs, where V8 would take more", async () => {
    const [regulated, released] = [await most("regulated"), await most("released")];
    expect(regulated).to.be.within(16, 64);
    expect(released).to.be.above(64);
  });
});
