import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect } from "chai";
import { HDNodeWallet, JsonRpcProvider, Wallet } from "ethers";

import { KILL_POINT_VARIABLE } from "../../plugin/l1/killPoints.js";
import { Random } from "../fuzz/random.js";
import { Anvil, anvilMissing } from "../helpers/anvil.js";
import { userEnvironment } from "../helpers/environment.js";

const PROGRAM = fileURLToPath(import.meta.resolve("../helpers/killedSender.ts"));
const MNEMONIC = "test test test test test test test test test test test junk";
const POINTS = ["decided", "prepared", "signed", "broadcast", "mined", "recorded"];
const RECIPIENTS = 2;

const missing = anvilMissing();

(missing === undefined ? describe : describe.skip)("a process that sends and is killed", function () {
  this.timeout(180_000);
  let anvil: Anvil;
  let folder: string;
  let provider: JsonRpcProvider;
  let index = 0;

  before(async () => {
    anvil = await Anvil.start();
    folder = await mkdtemp(join(tmpdir(), "killed-"));
    provider = new JsonRpcProvider(anvil.url, undefined, { cacheTimeout: -1 });
  });

  after(async () => {
    provider.destroy();
    await anvil.stop();
    await rm(folder, { recursive: true });
  });

  /** Runs it once; killed at a point, or after some milliseconds. */
  function run(parameters: readonly string[], point?: string, after?: number): Promise<string | number | null> {
    const env = { ...userEnvironment(), [KILL_POINT_VARIABLE]: point };
    const child = spawn(process.execPath, ["--import", "tsx/esm", PROGRAM, ...parameters], { env, stdio: "ignore" });
    const timer = after === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), after);
    return new Promise((resolve) =>
      child.once("exit", (status, signal) => {
        clearTimeout(timer);
        resolve(signal ?? status);
      }),
    );
  }

  /** An account of its own, and whom it is to pay. */
  function start(name: string): { readonly parameters: string[]; readonly paid: () => Promise<bigint[]> } {
    const wallet = HDNodeWallet.fromPhrase(MNEMONIC, "", `m/44'/60'/0'/0/${index++}`);
    const recipients = Array.from({ length: RECIPIENTS }, () => Wallet.createRandom().address);
    const parameters = [anvil.url, join(folder, name), wallet.address, wallet.privateKey, ...recipients];
    return { parameters, paid: () => Promise.all(recipients.map((to) => provider.getBalance(to))) };
  }

  const once = Array.from({ length: RECIPIENTS }, () => 1n);

  it("has sent everything once when it is started again, wherever it was", async () => {
    const killed = POINTS.map(async (point) => {
      const { parameters, paid } = start(point);
      expect(await run(parameters, `transaction.${point}:2`), point).to.equal("SIGKILL");
      expect(await run(parameters), point).to.equal(0);
      expect(await paid(), point).to.deep.equal(once);
      return parameters;
    });
    // Once more, when everything is done.
    expect(await run((await Promise.all(killed))[0])).to.equal(0);
  });

  it("has sent everything once, however often it was killed whenever", async () => {
    const random = new Random(11);
    const { parameters, paid } = start("whenever");
    for (let kills = 0; kills < 4; kills++) await run(parameters, undefined, 300 + random.below(700));
    expect(await run(parameters)).to.equal(0);
    expect(await paid()).to.deep.equal(once);
  });
});
