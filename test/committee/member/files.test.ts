import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { BatchFolder } from "../../../plugin/committee/batchFolder.js";
import { memberFiles, readKey, readOrMakeKey } from "../../../plugin/committee/member/memberFiles.js";
import { WordTree } from "../../../plugin/sources/wordTree.js";

describe("a member's files", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "member-files-"));
  });

  after(() => rm(folder, { recursive: true, force: true }));

  async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
    return work.then(
      () => undefined,
      ({ code, message }: { code: string; message: string }) => `${code} ${message}`,
    );
  }

  it("are beside the deployments, one key for all networks, one database for each", () => {
    const files = memberFiles("/home/me/project/deployments", "localhost", `0x${"AB".repeat(20)}`);
    const name = `0x${"ab".repeat(20)}`;
    expect(files).to.deep.equal({
      key: `/home/me/project/.hardhat-rollup/members/${name}.key`,
      database: `/home/me/project/.hardhat-rollup/members/localhost-${name}.db`,
    });
  });

  it("hold a key that is made once, for the owner's eyes", async () => {
    const path = join(folder, "below", "one.key");
    expect(await codeOf(readKey(path))).to.contain("KEY_MISSING");
    const keys = await Promise.all([readOrMakeKey(path), readOrMakeKey(path), readOrMakeKey(path)]);
    expect(new Set(keys.map(({ key }) => key)).size).to.equal(1);
    expect((await readKey(path)).key).to.equal(keys[0].key);
    expect((await stat(path)).mode & 0o777).to.equal(0o600);
  });

  it("that hold no key are refused, without a word of what they hold", async () => {
    const path = join(folder, "wrong.key");
    for (const text of ["", "hush hush", `0x${"00".repeat(32)}`, `0x${"ff".repeat(32)}`, `0x${"11".repeat(31)}`]) {
      await writeFile(path, text);
      const said = await codeOf(readKey(path));
      expect(said).to.contain("KEY_INVALID");
      if (text !== "") expect(said).not.to.contain(text);
    }
    expect(await codeOf(readOrMakeKey(path))).to.contain("KEY_INVALID");
    expect((await readFile(path, "utf8")).length).to.equal(64);
  });

  it("that cannot be read or made are named, with the reason", async () => {
    expect(await codeOf(readKey(folder)))
      .to.match(/KEY_INVALID .*cannot be read/)
      .and.contain(folder);
    expect(await codeOf(readOrMakeKey(folder))).to.contain("KEY_INVALID");
    const file = join(folder, "no-folder");
    await writeFile(file, "");
    expect(await codeOf(readOrMakeKey(join(file, "below", "one.key")))).to.match(/KEY_INVALID .*cannot be made/);
  });

  it("of a project archive certified batches, which another process finds", async () => {
    const data = new Uint8Array([1, 2, 3]);
    const { root } = new WordTree(data);
    await new BatchFolder(folder).keep(root, data);
    expect(await new BatchFolder(folder).get(root)).to.deep.equal(data);
    expect(await new BatchFolder(folder).get(`0x${"12".repeat(32)}`)).to.equal(undefined);
  });
});
