import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, truncateSync, writeFileSync } from "node:fs";

import { expect } from "chai";

import { RollupError } from "../../../plugin/errors.js";
import { closeNodeDatabase, type SetAside } from "../../../plugin/service/database/nodeDatabase.js";
import { MIGRATIONS } from "../../../plugin/service/database/schema.js";
import { userEnvironment } from "../../helpers/environment.js";
import { openTestDatabase, OWNER, temporaryFile } from "./files.js";

function refusal(open: () => unknown): string {
  try {
    open();
  } catch (error) {
    if (error instanceof RollupError) return error.code;
    throw error;
  }
  return "none";
}

const put = (file: ReturnType<typeof openTestDatabase>, number: number): unknown =>
  file.commit(() => file.statement("INSERT INTO blocks VALUES (?, '0x')").run(number));
const count = (file: ReturnType<typeof openTestDatabase>): unknown =>
  file.statement("SELECT count(*) AS count FROM blocks").get()?.count;

describe("a node's file", function () {
  this.timeout(60_000);

  it("is of one chain, program and network", () => {
    const path = temporaryFile("owner");
    closeNodeDatabase(openTestDatabase(path));
    for (const changes of [
      { chainId: 1n },
      { genesisBlock: `0x${"11".repeat(32)}` },
      { rollup: `0x${"12".repeat(20)}` },
      { program: `0x${"13".repeat(32)}` },
    ] as const) {
      expect(refusal(() => openTestDatabase(path, { ...OWNER, ...changes }))).to.equal("DATABASE_FOREIGN");
    }
    closeNodeDatabase(openTestDatabase(path));
  });

  it("is open in one process, or in one place of it", () => {
    const path = temporaryFile("busy");
    const file = openTestDatabase(path);
    expect(refusal(() => openTestDatabase(path))).to.equal("NODE_RUNNING");
    const script = `import { openTestDatabase } from "./test/service/database/files.ts";
      try { openTestDatabase(${JSON.stringify(path)}); } catch (error) { process.stdout.write(error.code); }`;
    const options = ["--import", "tsx/esm", "--input-type=module", "-e", script];
    const { stdout } = spawnSync(process.execPath, options, { env: userEnvironment(), encoding: "utf8" });
    expect(stdout).to.equal("NODE_RUNNING");
    file.close();
    openTestDatabase(path).close();
  });

  it("of a newer version is left alone", () => {
    const path = temporaryFile("newer");
    const file = openTestDatabase(path);
    file.execute(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    file.close();
    const before = readFileSync(path);
    expect(refusal(() => openTestDatabase(path))).to.equal("DATABASE_NEWER");
    expect(readFileSync(path).equals(before)).to.equal(true);
  });

  it("has what was committed when its process was killed, and nothing of what was not", () => {
    const path = temporaryFile("killed");
    const script = `import { openTestDatabase } from "./test/service/database/files.ts";
      const file = openTestDatabase(${JSON.stringify(path)});
      const insert = file.statement("INSERT INTO blocks VALUES (?, '0x')");
      file.commit(() => insert.run(1));
      file.commit(() => { insert.run(2); process.kill(process.pid, "SIGKILL"); for (;;); });`;
    const options = ["--import", "tsx/esm", "--input-type=module", "-e", script];
    expect(spawnSync(process.execPath, options, { env: userEnvironment() }).signal).to.equal("SIGKILL");
    const file = openTestDatabase(path);
    expect(count(file)).to.equal(1);
    file.close();
  });

  it("undoes a commit that fails, with all that is nested in it", () => {
    const file = openTestDatabase(temporaryFile("undone"));
    expect(() =>
      file.commit(() => {
        put(file, 1);
        throw new Error("no");
      }),
    ).to.throw("no");
    expect(count(file)).to.equal(0);
    put(file, 2);
    expect(count(file)).to.equal(1);
    file.close();
  });

  const damages: readonly (readonly [string, (path: string) => void])[] = [
    ["whose first bytes are others", (path) => writeFileSync(path, Buffer.alloc(8192, 7))],
    ["that was cut short", (path) => truncateSync(path, 8192)],
    [
      "with a page that is not its own",
      (path) => {
        const bytes = readFileSync(path);
        writeFileSync(path, bytes.fill(0xa5, 4096, 3 * 4096));
      },
    ],
  ];
  for (const [title, damage] of damages) {
    it(`${title} is put aside, and begun anew`, () => {
      const path = temporaryFile("damaged");
      const file = openTestDatabase(path);
      file.commit(() => {
        for (let number = 0; number < 2_000; number++) put(file, number);
      });
      file.execute("PRAGMA wal_checkpoint(TRUNCATE)");
      file.close();
      damage(path);
      const told: SetAside[] = [];
      const anew = openTestDatabase(path, OWNER, (aside) => told.push(aside));
      expect(count(anew)).to.equal(0);
      anew.close();
      expect(told).to.have.length(1);
      expect(told[0].path).to.equal(`${path}.damaged`);
      expect(existsSync(told[0].path)).to.equal(true);
    });
  }
});
