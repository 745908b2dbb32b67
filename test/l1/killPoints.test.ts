import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { KILL_POINT_VARIABLE, onPoint, pointReached, POINTS_FILE_VARIABLE } from "../../plugin/l1/killPoints.js";
import { userEnvironment } from "../helpers/environment.js";

const PROGRAM = `
  import { writeSync } from "node:fs";
  import { pointReached } from "./plugin/l1/killPoints.ts";
  for (const point of ["a", "b", "a", "b"]) { pointReached(point); writeSync(1, point); }`;

function run(named: string | undefined, file?: string): { readonly signal: string | null; readonly printed: string } {
  const env = { ...userEnvironment(), [KILL_POINT_VARIABLE]: named, [POINTS_FILE_VARIABLE]: file };
  const options = ["--import", "tsx/esm", "--input-type=module", "-e", PROGRAM];
  const { signal, stdout } = spawnSync(process.execPath, options, { env, encoding: "utf8" });
  return { signal, printed: stdout };
}

describe("a named point", function () {
  this.timeout(60_000);

  it("is passed by a process that is not told to die there", () => {
    expect(run(undefined)).to.deep.equal({ signal: null, printed: "abab" });
    expect(run("c")).to.deep.equal({ signal: null, printed: "abab" });
  });

  it("is where a process dies that is told to, when it comes there for the n-th time", () => {
    expect(run("b")).to.deep.equal({ signal: "SIGKILL", printed: "a" });
    expect(run("b:2")).to.deep.equal({ signal: "SIGKILL", printed: "aba" });
  });

  it("is one of several at which a process dies: at the one that comes first", () => {
    expect(run("b:2,a:2")).to.deep.equal({ signal: "SIGKILL", printed: "ab" });
    expect(run("a:3,b:1,b:2")).to.deep.equal({ signal: "SIGKILL", printed: "a" });
  });

  it("is written down before the process dies there, behind what others wrote", () => {
    const folder = mkdtempSync(join(tmpdir(), "points-"));
    const file = join(folder, "points.txt");
    try {
      run("b", file);
      run(undefined, file);
      expect(readFileSync(file, "utf8")).to.equal("a\nb\na\nb\na\nb\n");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("can be watched within a process", () => {
    const seen: string[] = [];
    const stop = onPoint((point) => seen.push(point));
    pointReached("here");
    stop();
    pointReached("there");
    expect(seen).to.deep.equal(["here"]);
  });
});
