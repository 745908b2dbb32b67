import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";

/** The parts of a database on disk: the file itself, and the log of what was not written into it yet. */
export type FilePart = "file" | "log";

/** What every file of SQLite's begins with. */
const MAGIC = "SQLite format 3\0";
/** Where each part says how long its pages are. */
const PAGE_SIZE_AT = { file: 16, log: 8 } as const;
/** What files are made with: taken where a damaged one does not say. */
const USUAL_PAGE_SIZE = 4_096;
/** In the log: its own header, and what stands before each page. */
const LOG_HEADER = 32;
const FRAME_HEADER = 24;

/** Where an image of a page is. */
interface Place {
  readonly part: FilePart;
  readonly at: number;
}

/**
 * All images of pages that are on disk, whatever became of the rest. Nothing is written. The file is not opened before something is read from it: when
 * a process closes a file, the locks that it has on it elsewhere are gone.
 */
export class PageImages {
  public readonly pageSize: number;
  private readonly descriptors = new Map<FilePart, number>();
  /** The last image of each page that the log has. */
  private readonly logged = new Map<number, Place>();

  /** @param first The part that is to be read. */
  public constructor(
    private readonly path: string,
    first: FilePart,
  ) {
    this.pageSize = this.pageSizeIn(first);
    for (const [number, place] of this.frames()) this.logged.set(number, place);
  }

  /** Every image of every page that a part has, those of ended logs that were not overwritten included. */
  public *in(part: FilePart): Generator<Buffer> {
    if (part === "log") for (const [, place] of this.frames()) yield this.page(place);
    else for (let at = 0; at < this.sizeOf("file"); at += this.pageSize) yield this.page({ part, at });
  }

  /** What a page was last. @param number From 1 on. */
  public last(number: number): Buffer {
    return this.page(this.logged.get(number) ?? { part: "file", at: (number - 1) * this.pageSize });
  }

  public close(): void {
    for (const descriptor of this.descriptors.values()) closeSync(descriptor);
    this.descriptors.clear();
  }

  private *frames(): Generator<readonly [number: number, place: Place]> {
    const [end, length] = [this.sizeOf("log"), FRAME_HEADER + this.pageSize];
    for (let at = LOG_HEADER; at + length <= end; at += length) {
      const number = this.read({ part: "log", at }, 4).readUInt32BE(0);
      yield [number, { part: "log", at: at + FRAME_HEADER }];
    }
  }

  private pageSizeIn(part: FilePart): number {
    const header = this.read({ part, at: 0 }, LOG_HEADER);
    const isFile = part === "file";
    if (isFile && header.toString("latin1", 0, MAGIC.length) !== MAGIC) return USUAL_PAGE_SIZE;
    const size = isFile ? header.readUInt16BE(PAGE_SIZE_AT.file) : header.readUInt32BE(PAGE_SIZE_AT.log);
    return size >= 512 && size <= 2 ** 15 && (size & (size - 1)) === 0 ? size : USUAL_PAGE_SIZE;
  }

  private page(place: Place): Buffer {
    return this.read(place, this.pageSize);
  }

  /** Zeros where a part has ended. */
  private read({ part, at }: Place, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    const descriptor = this.open(part);
    if (descriptor !== undefined) readSync(descriptor, bytes, 0, length, at);
    return bytes;
  }

  private sizeOf(part: FilePart): number {
    const descriptor = this.open(part);
    return descriptor === undefined ? 0 : fstatSync(descriptor).size;
  }

  private open(part: FilePart): number | undefined {
    const known = this.descriptors.get(part);
    if (known !== undefined) return known;
    const path = part === "log" ? `${this.path}-wal` : this.path;
    if (!existsSync(path)) return undefined;
    const descriptor = openSync(path, "r");
    this.descriptors.set(part, descriptor);
    return descriptor;
  }
}
