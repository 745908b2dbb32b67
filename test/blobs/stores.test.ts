import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";

import { expect } from "chai";

import { BeaconPlace } from "../../plugin/blobs/beaconPlace.js";
import { BlobMissingError } from "../../plugin/blobs/blobMissingError.js";
import { ChainedStore } from "../../plugin/blobs/chainedStore.js";
import { archiveFolder, FolderPlace } from "../../plugin/blobs/folderPlace.js";
import { loadKzg, versionedHash, type Kzg } from "../../plugin/blobs/kzg.js";
import { MemoryStore } from "../../plugin/blobs/memoryStore.js";
import { openBlobStore } from "../../plugin/blobs/openStore.js";
import type { BlobPlace } from "../../plugin/blobs/store.js";
import type { RollupError } from "../../plugin/errors.js";
import { bytesToHex, type Hex } from "../../plugin/hex.js";
import { batchBlob, blobOf } from "../helpers/blobs.js";
import { userEnvironment } from "../helpers/environment.js";
import { WebServer } from "../helpers/webServer.js";

const GENESIS = 1_600_000_000;
const SLOT = 1234;
const TIMESTAMP = GENESIS + 12 * SLOT;
const ROUTES = "/eth/v1";

const right = batchBlob(100);
const wrong = batchBlob(101);
let kzg: Kzg;
let commitment: Hex;
let hash: Hex;

/** What `promise` was refused with. */
async function missing(promise: Promise<unknown>): Promise<BlobMissingError> {
  const error = await promise.then(
    () => undefined,
    (refused: unknown) => refused,
  );
  expect(error).to.be.instanceOf(BlobMissingError);
  return error as BlobMissingError;
}

function inMemory(name: string, blob: Uint8Array | undefined): BlobPlace & { kept: Hex[] } {
  const kept: Hex[] = [];
  return { name, kept, get: async () => blob, put: async (_blob, under) => void kept.push(under) };
}

function fail(response: ServerResponse, status: number, message: string): undefined {
  response.statusCode = status;
  response.end(JSON.stringify({ code: status, message }));
}

before(async function () {
  this.timeout(60_000);
  kzg = await loadKzg();
  commitment = await kzg.commit(right);
  hash = versionedHash(commitment);
});

describe("a folder of blobs", () => {
  let folder: string;
  let place: FolderPlace;
  let store: ChainedStore;

  beforeEach(async () => {
    folder = archiveFolder(join(await mkdtemp(join(tmpdir(), "blobs-")), "deployments"));
    place = new FolderPlace(folder);
    store = new ChainedStore([place], kzg);
  });

  afterEach(() => rm(join(folder, "../.."), { recursive: true, force: true }));

  it("gives what was put there, to any other that reads it", async () => {
    await store.put(right, commitment);
    expect(bytesToHex(await new ChainedStore([new FolderPlace(folder)], kzg).get(hash))).to.equal(bytesToHex(right));
    expect(await readdir(folder)).to.deep.equal([`${hash}.blob`]);
  });

  it("has not what was never put there", async () => {
    const error = await missing(store.get(hash));
    expect(error.attempts).to.deep.equal([{ place: `folder ${folder}`, said: "has no such blob" }]);
    expect(error.message).to.contain(hash).and.to.contain(`folder ${folder}: has no such blob`);
  });

  it("does not pass off a file that was cut or changed", async () => {
    const path = join(folder, `${hash}.blob`);
    await store.put(right, commitment);
    await truncate(path, 100_000);
    expect((await missing(store.get(hash))).attempts[0].said).to.contain("A blob has a fixed length");
    await writeFile(path, wrong);
    expect((await missing(store.get(hash))).attempts[0].said).to.match(/^gave a blob whose versioned hash is 0x01/);
    await writeFile(path, new Uint8Array(131_072).fill(255));
    expect((await missing(store.get(hash))).attempts[0].said).to.contain("is no BLS12-381 scalar");
  });

  it("replaces a damaged file by what another place has", async () => {
    const path = join(folder, `${hash}.blob`);
    await store.put(right, commitment);
    await truncate(path, 5);
    await new ChainedStore([place, inMemory("neighbour", right)], kzg).get(hash);
    expect((await readFile(path)).equals(right)).to.equal(true);
  });

  it("gives a blob though it cannot be kept", async () => {
    const unwritable: BlobPlace = {
      name: "full",
      get: async () => undefined,
      put: () => Promise.reject(new Error("ENOSPC")),
    };
    const found = await new ChainedStore([unwritable, inMemory("neighbour", right)], kzg).get(hash);
    expect(bytesToHex(found)).to.equal(bytesToHex(right));
  });

  it("that cannot be written to says so", async () => {
    const file = join(await mkdtemp(join(tmpdir(), "blobs-")), "file");
    await writeFile(file, "");
    const refused = await new ChainedStore([new FolderPlace(join(file, "blobs"))], kzg)
      .put(right, commitment)
      .catch((error: unknown) => error);
    expect((refused as RollupError).code).to.equal("BLOB_NOT_KEPT");
    expect((refused as RollupError).message).to.contain(file);
    await rm(join(file, ".."), { recursive: true });
  });

  it("shows a reader whole files only, though two processes write them", async function () {
    this.timeout(60_000);
    await store.put(right, commitment);
    const writers = [1, 2].map(() => writeAgainAndAgain(folder, hash));
    let reads = 0;
    const done = Promise.all(writers).then(() => true);
    while (!(await Promise.race([done, place.get(hash).then((blob) => blob?.length !== right.length)]))) reads++;
    expect(reads).to.be.greaterThan(10);
    expect(await readdir(folder)).to.deep.equal([`${hash}.blob`]);
  });
});

/** Another process that puts the same blob a hundred times. */
async function writeAgainAndAgain(folder: string, under: Hex): Promise<void> {
  const module = new URL("../../plugin/blobs/folderPlace.ts", import.meta.url).href;
  const program = `
    const { FolderPlace } = await import(${JSON.stringify(module)});
    const place = new FolderPlace(${JSON.stringify(folder)});
    const blob = await place.get(${JSON.stringify(under)});
    for (let round = 0; round < 100; round++) await place.put(blob, ${JSON.stringify(under)});`;
  const command = ["--import", import.meta.resolve("tsx/esm"), "--input-type=module", "--eval", program];
  await promisify(execFile)(process.execPath, command, { env: userEnvironment() });
}

describe("places in a chain", () => {
  it("are asked in turn until one has the blob, which those before it keep", async () => {
    const places = [
      inMemory("first", undefined),
      inMemory("second", wrong),
      inMemory("third", right),
      inMemory("fourth", right),
    ];
    expect(bytesToHex(await new ChainedStore(places, kzg).get(hash))).to.equal(bytesToHex(right));
    expect(places.map(({ kept }) => kept)).to.deep.equal([[hash], [hash], [], []]);
  });

  it("are all named, with what each said, when none has it", async () => {
    const broken: BlobPlace = {
      name: "broken",
      get: () => Promise.reject(new Error("fell over", { cause: new Error("a wire") })),
    };
    const store = new ChainedStore([inMemory("empty", undefined), broken, inMemory("liar", wrong)], kzg);
    const error = await missing(store.get(hash));
    const other = versionedHash(await kzg.commit(wrong));
    expect(error.attempts).to.deep.equal([
      { place: "empty", said: "has no such blob" },
      { place: "broken", said: "fell over (a wire)" },
      { place: "liar", said: `gave a blob whose versioned hash is ${other}` },
    ]);
    for (const { place, said } of error.attempts) expect(error.message).to.contain(`${place}: ${said}`);
    expect(error.code).to.equal("BLOB_MISSING");
  });

  it("are the archive and what the configuration names; the network's node only where that is Anvil", async () => {
    const folder = join(tmpdir(), "no-such-folder");
    const asked: string[] = [];
    const rpc = { send: async (method: string) => (asked.push(method), "HardhatNetwork/3.17.0") };
    const beacons = ["http://127.0.0.1:1/key"];
    const error = await missing(
      (await openBlobStore({ folder, rpc, beacons }, kzg)).get(hash, { timestamp: TIMESTAMP }),
    );
    expect(error.attempts.map(({ place }) => place)).to.deep.equal([
      `folder ${folder}`,
      "beacon node http://127.0.0.1:1",
    ]);
    expect(asked).to.deep.equal(["web3_clientVersion"]);
  });

  it("are nowhere if there is none", async () => {
    expect((await missing(new ChainedStore([], kzg).get(hash))).message).to.contain("no place is configured");
    expect((await missing(new MemoryStore().get(hash))).attempts[0].place).to.equal("this process");
  });
});

describe("a beacon node", () => {
  const servers: WebServer[] = [];

  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
  });

  /** A node whose clock is right and whose blobs are what `answer` says. */
  async function node(answer: (path: URL, response: ServerResponse) => unknown): Promise<WebServer> {
    const server = await WebServer.start((path, response) => {
      if (path.pathname.endsWith(`${ROUTES}/beacon/genesis`)) return { data: { genesis_time: String(GENESIS) } };
      if (path.pathname.endsWith(`${ROUTES}/config/spec`)) return { data: { SECONDS_PER_SLOT: "12" } };
      return answer(path, response);
    });
    servers.push(server);
    return server;
  }

  function storeAt(address: string, timeout?: number): ChainedStore {
    return new ChainedStore([new BeaconPlace(address, kzg, timeout)], kzg);
  }

  async function get(server: WebServer, timeout?: number): Promise<string> {
    return bytesToHex(await storeAt(server.url, timeout).get(hash, { timestamp: TIMESTAMP }));
  }

  async function said(server: WebServer, timeout?: number): Promise<string> {
    return (await missing(get(server, timeout))).attempts[0].said;
  }

  it("is asked by slot and hash", async () => {
    const server = await node(() => ({ data: [bytesToHex(right)] }));
    expect(await get(server)).to.equal(bytesToHex(right));
    expect(server.asked.at(-1)).to.equal(`${ROUTES}/beacon/blobs/${SLOT}?versioned_hashes=${hash}`);
  });

  it("may give all blobs of the slot, though it was asked for one", async () => {
    const server = await node(() => ({ data: [wrong, blobOf("zero"), new Uint8Array(5), right].map(bytesToHex) }));
    expect(await get(server)).to.equal(bytesToHex(right));
  });

  it("is asked for sidecars where it knows nothing better", async () => {
    const server = await node((path, response) => {
      if (!path.pathname.includes("blob_sidecars")) return fail(response, 404, "no route");
      const other = { blob: bytesToHex(wrong), kzg_commitment: `0x${"c0".padEnd(96, "0")}` };
      return { data: [other, { blob: bytesToHex(right), kzg_commitment: commitment }] };
    });
    expect(await get(server)).to.equal(bytesToHex(right));
    expect(server.asked.at(-1)).to.equal(`${ROUTES}/beacon/blob_sidecars/${SLOT}`);
  });

  it("keeps its key: in its path and its query, but in no error", async () => {
    const server = await node((_path, response) => fail(response, 403, "not for you"));
    const error = await missing(
      storeAt(`${server.url}/key-in-path/?token=key-in-query`).get(hash, { timestamp: TIMESTAMP }),
    );
    expect(server.asked).to.include(`/key-in-path${ROUTES}/beacon/blob_sidecars/${SLOT}?token=key-in-query`);
    expect(error.message).to.contain(`beacon node ${server.url}: slot ${SLOT}: blobs 403 not for you`);
    expect(error.message).to.not.match(/key-in/);
  });

  it("is not believed", async () => {
    expect(await said(await node(() => ({ data: [bytesToHex(wrong)] })))).to.contain("whose versioned hash is");
    expect(await said(await node(() => ({ data: [wrong, wrong].map(bytesToHex) })))).to.equal("has no such blob");
    expect(await said(await node(() => ({ data: ["0x1234"] })))).to.contain("A blob has a fixed length");
    expect(await said(await node(() => ({ data: [] })))).to.equal("has no such blob");
    expect(await said(await node(() => ({ data: "blobs" })))).to.equal("answered without a list of blobs");
    expect(await said(await node((_path, response) => void response.end("<html>")))).to.equal(
      "answered without a list of blobs",
    );
  });

  it("is told of by what it answers", async () => {
    const expired = await said(await node((_path, response) => fail(response, 410, "blobs expired")));
    expect(expired).to.equal(`slot ${SLOT}: blobs 410 blobs expired; blob_sidecars 410 blobs expired`);
  });

  it("is not waited for longer than the timeout, whether it says nothing or never ends", async () => {
    const begun = Date.now();
    expect(await said(await node(() => undefined), 200)).to.match(/timeout/);
    const endless = await node((_path, response) => void response.write('{"data": ["0x'));
    expect(await said(endless, 200)).to.match(/timeout/);
    // Below what two waits of the usual timeout take, however busy the machine is.
    expect(Date.now() - begun).to.be.lessThan(20_000);
  });

  it("that did not answer in time is left alone for a while, so that a search for many blobs does not wait for each", async () => {
    let silent = true;
    const server = await node(() => (silent ? undefined : { data: [bytesToHex(right)] }));
    const store = storeAt(server.url, 1_000);
    const search = (): Promise<Uint8Array> => store.get(hash, { timestamp: TIMESTAMP });
    expect((await missing(search())).attempts[0].said).to.match(/timeout/);
    const { length } = server.asked;
    for (let more = 0; more < 3; more++) {
      expect((await missing(search())).attempts[0].said).to.equal("did not answer a moment ago");
    }
    expect(server.asked.length).to.equal(length);
    silent = false;
    await setTimeout(3_100);
    expect(await search()).to.deep.equal(right);
  });

  it("is not listened to for longer than all blobs of a block take", async () => {
    const chunk = `"${"0".repeat(2 ** 20)}",`;
    const flood = await node((_path, response) => {
      response.write('{"data": [');
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on("drain", more);
      more();
    });
    expect(await said(flood, 60_000)).to.equal("answered with more than 67108864 bytes");
  });

  it("that is not there is told of", async () => {
    const server = await node(() => undefined);
    const { url } = server;
    await server.stop();
    servers.pop();
    expect((await missing(storeAt(url).get(hash, { timestamp: TIMESTAMP }))).attempts[0].said).to.match(/ECONNREFUSED/);
  });

  it("that starts is asked again when it has started", async () => {
    let up = false;
    const server = await WebServer.start((path, response) => {
      if (!up) return fail(response, 503, "starting");
      return path.pathname.includes("blobs")
        ? { data: [bytesToHex(right)] }
        : { data: { genesis_time: String(GENESIS) } };
    });
    servers.push(server);
    const store = storeAt(server.url);
    const refused = await missing(store.get(hash, { timestamp: TIMESTAMP }));
    expect(refused.attempts[0].said).to.equal("genesis 503 starting");
    up = true;
    expect(bytesToHex(await store.get(hash, { timestamp: TIMESTAMP }))).to.equal(bytesToHex(right));
  });

  it("cannot be asked without a time", async () => {
    const server = await node(() => ({ data: [] }));
    const error = await missing(storeAt(server.url).get(hash));
    expect(error.attempts[0].said).to.equal("cannot be asked without the block's time");
  });
});
