import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { expect } from "chai";

import { CachedKzg } from "../../plugin/blobs/cachedKzg.js";
import type { Kzg } from "../../plugin/blobs/kzg.js";
import { portableKzg } from "../../plugin/blobs/libraries.js";
import { ThreadPool } from "../../plugin/blobs/threadPool.js";
import type { RollupError } from "../../plugin/errors.js";
import { blobOf } from "../helpers/blobs.js";
import { userEnvironment } from "../helpers/environment.js";
import type { Exercise } from "../helpers/threadProgram.js";

const PROGRAM = new URL("../helpers/threadProgram", import.meta.url);

function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "nothing",
    (error: RollupError) => error.code,
  );
}

describe("threads", function () {
  this.timeout(60_000);
  let pool: ThreadPool<Exercise>;

  beforeEach(() => (pool = new ThreadPool<Exercise>(PROGRAM, undefined, 2)));
  afterEach(() => pool.close());

  it("run at once, as many as the pool may have, and take one job after the other", async () => {
    const threads = await Promise.all([300, 300, 10, 10].map((milliseconds) => pool.call("rest", milliseconds)));
    expect(threads[0]).to.not.equal(threads[1]);
    expect(new Set(threads).size).to.equal(2);
  });

  it("are used again while they are idle", async () => {
    expect(await pool.call("rest", 1)).to.equal(await pool.call("rest", 1));
  });

  it("that end refuse what they were asked for, and nothing else", async () => {
    const jobs = [pool.call("end"), pool.call("rest", 1), pool.call("end"), pool.call("rest", 1)];
    const settled = await Promise.allSettled(jobs);
    expect(settled.map(({ status }) => status)).to.deep.equal(["rejected", "fulfilled", "rejected", "fulfilled"]);
  });

  it("refuse what waits when their pool is closed", async () => {
    const refused = [1, 2, 3].map(() => codeOf(pool.call("rest", 60_000)));
    await pool.close();
    expect(await Promise.all(refused)).to.deep.equal(["THREAD_FAILED", "THREAD_FAILED", "THREAD_FAILED"]);
  });

  it("keep a process alive while they work, and no longer", async () => {
    const module = JSON.stringify(new URL("../../plugin/blobs/kzg.ts", import.meta.url).href);
    const program = `const { loadKzg } = await import(${module});
      console.log(await (await loadKzg()).commit(new Uint8Array(131072)));`;
    const command = ["--import", import.meta.resolve("tsx/esm"), "--input-type=module", "--eval", program];
    const { stdout } = await promisify(execFile)(process.execPath, command, {
      env: userEnvironment(),
      timeout: 30_000,
    });
    expect(stdout.trim()).to.equal(`0xc0${"00".repeat(47)}`);
  });
});

describe("KZG in threads", function () {
  this.timeout(60_000);

  it("leaves the process free for other things", async () => {
    const kzg = portableKzg();
    await kzg.commit(blobOf("zero"));
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    await kzg.openAll(blobOf("random"), [1, 2, 3]);
    clearInterval(timer);
    // It takes seconds; were it done here, no tick would come in between.
    expect(ticks).to.be.at.least(4);
  });
});

describe("cached KZG", () => {
  let calls: string[];
  let kzg: CachedKzg;

  beforeEach(() => {
    calls = [];
    const note = (call: string): void => void calls.push(call);
    const counted: Kzg = {
      name: "counted",
      commit: async () => (note("commit"), calls.length > 1 ? "0x02" : Promise.reject(new Error("once"))),
      prove: async () => (note("prove"), "0x03"),
      open: async (_blob, index) => (note(`open ${index}`), { value: "0x04", proof: "0x05" }),
      openAll: () => Promise.reject(new Error("opened one by one")),
      verify: async () => (note("verify"), true),
      cells: async () => (note("cells"), []),
    };
    kzg = new CachedKzg(counted);
  });

  it("computes the same thing once, also when it is asked for again before it is there", async () => {
    const [blob, same, other] = [blobOf("zero"), blobOf("zero"), blobOf("last")];
    await Promise.all([kzg.open(blob, 1), kzg.open(same, 1), kzg.openAll(blob, [1, 2, 1])]);
    await kzg.open(other, 1);
    await Promise.all([kzg.prove(blob, "0x01"), kzg.prove(same, "0x01"), kzg.prove(blob, "0x02")]);
    await Promise.all([kzg.cells(blob), kzg.cells(same)]);
    expect(calls).to.deep.equal(["open 1", "open 2", "open 1", "prove", "prove", "cells"]);
  });

  it("asks again after a failure", async () => {
    const blob = blobOf("zero");
    expect(await kzg.commit(blob).catch((error: Error) => error.message)).to.equal("once");
    expect(await kzg.commit(blob)).to.equal("0x02");
    expect(await kzg.commit(blob)).to.equal("0x02");
    expect(calls).to.deep.equal(["commit", "commit"]);
  });
});
