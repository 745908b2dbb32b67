import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { Wallet } from "ethers";

import type { SqliteFile } from "../../../plugin/database/sqliteFile.js";
import { RollupError } from "../../../plugin/errors.js";
import { encodeLedgerTransaction, signLedgerTransaction, type LedgerDomain } from "../../../plugin/guests/ledger.js";
import type { Hex } from "../../../plugin/hex.js";
import { closeNodeDatabase, type SetAside } from "../../../plugin/service/database/nodeDatabase.js";
import { SalvagedTable } from "../../../plugin/service/database/salvagedTable.js";
import { TransactionTable } from "../../../plugin/service/database/transactionTable.js";
import type { GuestView, UserTransaction } from "../../../plugin/service/guestView.js";
import { LedgerView } from "../../../plugin/service/ledgerView.js";
import { OPAQUE_VIEW } from "../../../plugin/service/opaqueView.js";
import { noise } from "../../helpers/blobBatch.js";
import { openTestDatabase, OWNER, temporaryFile } from "./files.js";

const DOMAIN: LedgerDomain = { chainId: 31_337n, bridge: `0x${"0b".repeat(20)}` };
const LEDGER = new LedgerView(DOMAIN);
const parsed = new Map<string, UserTransaction>();
/** The ledger's, which recovers each signer once. */
const VIEW: GuestView = Object.assign(Object.create(LEDGER) as LedgerView, {
  parse(data: Uint8Array): UserTransaction {
    const key = Buffer.from(data).toString("hex");
    const transaction = parsed.get(key) ?? LEDGER.parse(data);
    parsed.set(key, transaction);
    return transaction;
  },
});
const PAGE = 4_096;
const FRAME = 24 + PAGE;
/** As this is one input's, the first of an account are in it. */
const [ACCOUNTS, EACH, INCLUDED] = [6, 40, 15];
/** What a file that cannot be told from somebody else's, or from a later version's, is refused with. */
const REFUSALS = ["DATABASE_FOREIGN", "DATABASE_NEWER"];

interface Row {
  readonly hash: Hex;
  readonly account: string;
  readonly nonce: number;
  readonly amount: string;
  readonly data: Uint8Array;
  readonly accepted_at: number;
  readonly batch: string | null;
  readonly input: number | null;
  readonly refusal: string | null;
}

/** A file as it is on disk, and the log behind it. */
interface Image {
  readonly file: Buffer;
  readonly log: Buffer;
}

async function sign(wallet: Wallet, nonce: number, amount: bigint): Promise<UserTransaction> {
  const order = { action: "transfer", to: `0x${"aa".repeat(20)}`, amount, nonce: BigInt(nonce) } as const;
  return VIEW.parse(encodeLedgerTransaction(await signLedgerTransaction(wallet, DOMAIN, order)));
}

/** Six accounts' transactions: some in an input, some refused or replaced, one batch on its way, the last ones in the log alone. */
async function writeDay(file: SqliteFile): Promise<void> {
  const table = new TransactionTable(file);
  const wallets = Array.from(
    { length: ACCOUNTS },
    (_, place) => new Wallet(`0x${String(place + 1).padStart(64, "0")}`),
  );
  for (let nonce = 0; nonce < EACH; nonce++) {
    const signed = await Promise.all(wallets.map((wallet) => sign(wallet, nonce, 5n)));
    table.add(signed, [], 1_000 + nonce);
    file.commit(() => file.statement("INSERT INTO blocks VALUES (?, ?)").run(nonce, `0x${"07".repeat(32)}`));
    if (nonce === INCLUDED) file.commit(() => table.include(0, hashesBelow(file, INCLUDED)));
    if (nonce === INCLUDED + 1) file.commit(() => table.refuse(hashesBelow(file, 1)[0], "nonce", 0));
    if (nonce === EACH - 14) {
      table.assign([...table.waiting(30)], "batch:1");
      file.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    if (nonce > EACH - 10) {
      const other = await sign(wallets[nonce % ACCOUNTS], nonce, 7n);
      table.add([other], [signed[nonce % ACCOUNTS].hash], 2_000 + nonce);
    }
  }
}

function hashesBelow(file: SqliteFile, nonce: number): Hex[] {
  return file
    .statement("SELECT hash FROM transactions WHERE nonce < ?")
    .all(nonce)
    .map(({ hash }) => hash as Hex);
}

function rowsOf(file: SqliteFile): Row[] {
  return file.statement("SELECT * FROM transactions ORDER BY place").all() as unknown as Row[];
}

/** Spoils one of the two files at places that follow from the seed. Gives which of its bytes may be others now. */
function spoil(
  image: Image,
  seed: number,
): { readonly image: Image; readonly isSound: (part: "file" | "log", at: number) => boolean } {
  const draws = new Uint32Array(noise(256, seed).buffer);
  const part = draws[0] % 3 === 0 ? "log" : "file";
  const bytes = Buffer.from(image[part]);
  const [at, length] = [draws[1] % bytes.length, [1, 1, 16, 512, PAGE, 3 * PAGE, 16 * PAGE][draws[2] % 7]];
  const ranges: (readonly [number, number])[] = [];
  const garble = (from: number, count: number): void => {
    const end = Math.min(bytes.length, from + count);
    noise(end - from, seed + from).forEach((byte, place) => (bytes[from + place] ^= byte | 1));
    ranges.push([from, end]);
  };
  const kind = draws[3] % 4;
  if (kind === 0) for (const place of draws.subarray(8, 8 + (draws[4] % 24))) garble(place % bytes.length, 1);
  else if (kind === 1) garble(at - (at % 512), length);
  else if (kind === 2) ranges.push([at, Math.min(bytes.length, at + length)]);
  else if (kind === 3) ranges.push([at, bytes.length]);
  if (kind === 2) bytes.fill(0, at, Math.min(bytes.length, at + length));
  const spoilt = kind === 3 ? bytes.subarray(0, at) : bytes;
  const isSound = (which: "file" | "log", from: number): boolean =>
    which !== part || ranges.every(([first, end]) => end <= from || first >= from + PAGE);
  return { image: { ...image, [part]: spoilt }, isSound };
}

/** Where the last image of a page is. */
interface Place {
  readonly part: "file" | "log";
  readonly at: number;
}

/** Where SQLite says that rows are. */
function leavesOf(file: SqliteFile, { log }: Image): Place[] {
  const leaves = file.statement("SELECT pageno FROM dbstat WHERE name = 'transactions' AND pagetype = 'leaf'").all();
  const logged = new Map<number, number>();
  for (let at = 32; at < log.length; at += FRAME) logged.set(log.readUInt32BE(at), at + 24);
  return leaves.map(({ pageno }) => {
    const at = logged.get(Number(pageno));
    return at === undefined ? { part: "file", at: (Number(pageno) - 1) * PAGE } : { part: "log", at };
  });
}

/** Those of them that have these bytes: one as a row's, others perhaps as what was there before it moved. */
function holdersOf(data: Uint8Array, leaves: readonly Place[], image: Image): Place[] {
  return leaves.filter(({ part, at }) => image[part].subarray(at, at + PAGE).includes(Buffer.from(data)));
}

describe("users' transactions in a damaged file", function () {
  this.timeout(240_000);
  // Files in memory where there are such: a disk that others write to would take most of the time.
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "rollup-salvage-"));
  let image: Image;
  let rows: Row[];
  /** Of each transaction that counts, where it is. */
  const holders = new Map<Hex, readonly Place[]>();

  before(async () => {
    const path = temporaryFile("day");
    const file = openTestDatabase(path);
    await writeDay(file);
    rows = rowsOf(file);
    // As a process leaves it that is killed.
    image = { file: readFileSync(path), log: readFileSync(`${path}-wal`) };
    const leaves = leavesOf(file, image);
    for (const { hash, data, refusal } of rows) {
      if (refusal !== "replaced") holders.set(hash, holdersOf(data, leaves, image));
    }
    file.close();
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Opens what is left, as a node does. */
  function open(spoilt: Image): { readonly file: SqliteFile; readonly told: SetAside[]; readonly path: string } {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    const path = join(folder, "spoilt.db");
    writeFileSync(path, spoilt.file);
    if (spoilt.log.length > 0) writeFileSync(`${path}-wal`, spoilt.log);
    const told: SetAside[] = [];
    const file = openTestDatabase(path, OWNER, (aside) => told.push(aside));
    new SalvagedTable(file).handOver(VIEW, new TransactionTable(file));
    return { file, told, path };
  }

  const waits = ({ batch, input, refusal }: Row): boolean => batch === null && input === null && refusal === null;

  it("are as they were where nothing is damaged but the first page, and wait once more", () => {
    const { file, told } = open({
      ...image,
      file: Buffer.concat([Buffer.alloc(PAGE), image.file.subarray(PAGE)]),
      log: Buffer.alloc(0),
    });
    expect(told).to.have.length(1);
    const found = rowsOf(file);
    expect(found).to.have.length(told[0].salvaged);
    expect(found.every(waits)).to.equal(true);
    expect(found.length).to.be.at.least((ACCOUNTS * EACH) / 2);
    file.close();
  });

  it("are carried over whatever is damaged, those whose pages are sound without exception, and nothing else is", () => {
    const byHash = new Map(rows.map((row) => [row.hash, row]));
    let kept = 0;
    const outcomes = { sound: 0, aside: 0, refused: 0 };
    for (let seed = 1; seed <= 300; seed++) {
      const { image: spoilt, isSound } = spoil(image, seed);
      const opened = attempt(() => open(spoilt));
      if (opened === undefined) {
        outcomes.refused += 1;
        continue;
      }
      const { file, told } = opened;
      outcomes[told.length === 0 ? "sound" : "aside"] += 1;
      const found = new Map(rowsOf(file).map((row) => [row.hash, row]));
      const isAside = told.length > 0;
      for (const row of found.values()) {
        if (!isAside && !waits(row)) continue;
        const { data, account, nonce, amount } = byHash.get(row.hash)!;
        expect(Buffer.from(row.data).equals(data), `seed ${seed}`).to.equal(true);
        if (isAside) expect(row, `seed ${seed}`).to.include({ account, nonce, amount });
      }
      for (const [hash, places] of holders) {
        const isSafe = places.every(({ part, at }) => isSound(part, at));
        if (isSafe) expect(found.has(hash), `seed ${seed}: ${hash}`).to.equal(true);
        if (isSafe) kept += 1;
      }
      const waiting = [...found.values()].filter(waits).map(({ hash }) => byHash.get(hash)!);
      const nonces = waiting.map(({ account, nonce }) => `${account}:${nonce}`);
      expect(new Set(nonces).size, `seed ${seed}`).to.equal(nonces.length);
      file.close();
    }
    expect(kept).to.be.above(300 * 100);
    expect(outcomes.aside).to.be.above(100);
    expect(outcomes.refused).to.be.below(20);
  });

  it("are in the file once, whenever whoever rebuilds it is killed", () => {
    const path = temporaryFile("killed");
    const { file, path: spoilt } = open({ ...image, file: Buffer.alloc(PAGE * 8, 1) });
    const count = rowsOf(file).length;
    closeNodeDatabase(file);
    // Before the damaged one had its new name, with half of another one beside it; and between the two.
    writeFileSync(path, Buffer.alloc(PAGE * 8, 1));
    writeFileSync(`${path}-wal`, image.log);
    writeFileSync(`${path}.rebuilt`, "half");
    const first = openTestDatabase(path);
    new SalvagedTable(first).handOver(VIEW, new TransactionTable(first));
    expect(rowsOf(first)).to.have.length(count);
    closeNodeDatabase(first);
    renameSync(path, `${path}.rebuilt`);
    const second = openTestDatabase(path);
    expect(existsSync(`${path}.rebuilt`)).to.equal(false);
    new SalvagedTable(second).handOver(VIEW, new TransactionTable(second));
    expect(rowsOf(second)).to.have.length(count);
    second.close();
    expect(existsSync(`${spoilt}.damaged`)).to.equal(true);
  });

  it("of a guest that nothing is known of are carried over, too, however long they are", () => {
    const path = temporaryFile("opaque");
    const file = openTestDatabase(path);
    const lengths = [0, 1, 4_000, 4_200, 20_000, 150_000];
    const all = lengths.map((length, place) => OPAQUE_VIEW.parse(noise(length, place + 1)));
    new TransactionTable(file).add(all, [], 5);
    file.close();
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0, 0, PAGE));
    const anew = openTestDatabase(path);
    const table = new TransactionTable(anew);
    new SalvagedTable(anew).handOver(OPAQUE_VIEW, table);
    expect([...table.waiting(10)].map(({ hash }) => hash)).to.deep.equal(all.map(({ hash }) => hash));
    anew.close();
  });

  function attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (error instanceof RollupError && REFUSALS.includes(error.code)) return undefined;
      throw error;
    }
  }
});
