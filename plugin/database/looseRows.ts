import { PageImages, type FilePart } from "./pageImages.js";

/** What a column holds. Whole numbers beyond 2^53 are none that files of ours have. */
export type LooseValue = number | string | Buffer | null;

/** A row of some table: which one, its columns must tell. */
export interface LooseRow {
  readonly id: number;
  readonly columns: readonly LooseValue[];
}

/** The kind of page that holds rows. */
const TABLE_LEAF = 0x0d;
const CELL_POINTERS_AT = 8;
/** The longest row that is put together from several pages. */
const LONGEST_ROW = 2 ** 24;
/** How long a whole number is, by its type. */
const NUMBER_LENGTHS = [0, 1, 2, 3, 4, 6, 8];

/**
 * Every row that can be read from a SQLite file or from the log behind it, however damaged: pages are looked at one by one, whether or not others lead to them. Rows may be
 * there in several versions, old and new, and may be damaged: whoever takes them has to tell.
 */
export function* looseRows(path: string, part: FilePart): Generator<LooseRow> {
  const images = new PageImages(path, part);
  try {
    for (const page of images.in(part)) yield* rowsOf(page, images);
  } finally {
    images.close();
  }
}

function* rowsOf(page: Buffer, images: PageImages): Generator<LooseRow> {
  if (page[0] !== TABLE_LEAF) return;
  const most = (page.length - CELL_POINTERS_AT) >> 1;
  const count = Math.min(page.readUInt16BE(3), most);
  for (let cell = 0; cell < count; cell++) {
    const row = attempt(() => rowAt(page, page.readUInt16BE(CELL_POINTERS_AT + 2 * cell), images));
    if (row !== undefined) yield row;
  }
}

function rowAt(page: Buffer, at: number, images: PageImages): LooseRow {
  const cell = new Reader(page, at);
  const length = cell.varint();
  const id = cell.varint();
  return { id, columns: columnsOf(payloadOf(cell, length, images)) };
}

/** A row's bytes, from as many pages as they are on. */
function payloadOf(cell: Reader, length: number, images: PageImages): Buffer {
  if (length > LONGEST_ROW) throw new RangeError("longer than any row");
  const usable = images.pageSize;
  if (length <= usable - 35) return cell.take(length);
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const fitting = least + ((length - least) % (usable - 4));
  const parts = [cell.take(fitting <= usable - 35 ? fitting : least)];
  let left = length - parts[0].length;
  for (let next = cell.take(4).readUInt32BE(0); left > 0;) {
    if (next === 0) throw new RangeError("goes on nowhere");
    const page = images.last(next);
    next = page.readUInt32BE(0);
    const part = page.subarray(4, 4 + Math.min(left, usable - 4));
    parts.push(part);
    left -= part.length;
  }
  return Buffer.concat(parts);
}

function columnsOf(payload: Buffer): LooseValue[] {
  const header = new Reader(payload, 0);
  const end = header.varint();
  const values = new Reader(payload, end);
  const columns: LooseValue[] = [];
  while (header.at < end) columns.push(valueOf(header.varint(), values));
  return columns;
}

function valueOf(type: number, values: Reader): LooseValue {
  if (type === 0) return null;
  if (type <= 6) return Number(values.integer(NUMBER_LENGTHS[type]));
  if (type === 7) return values.take(8).readDoubleBE(0);
  if (type === 8 || type === 9) return type - 8;
  if (type < 12) throw new RangeError("no type");
  const bytes = values.take((type - 12) >> 1);
  return type % 2 === 0 ? Buffer.from(bytes) : bytes.toString("utf8");
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Reads on from a place. What is not there is a RangeError. */
class Reader {
  public constructor(
    private readonly bytes: Buffer,
    public at: number,
  ) {}

  public take(length: number): Buffer {
    if (length < 0 || this.at + length > this.bytes.length) throw new RangeError("behind the end");
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  public integer(length: number): bigint {
    const bytes = this.take(length);
    return BigInt.asIntN(8 * length, BigInt(`0x${bytes.toString("hex")}`));
  }

  /** Seven bits a byte, all of the ninth's. */
  public varint(): number {
    let value = 0;
    for (let count = 0; count < 8; count++) {
      const [byte] = this.take(1);
      value = value * 128 + (byte & 0x7f);
      if (byte < 0x80) return safe(value);
    }
    return safe(value * 256 + this.take(1)[0]);
  }
}

function safe(value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError("longer than any row");
}
