import type { StatementSync } from "node:sqlite";

import type { SqliteFile } from "../../database/sqliteFile.js";
import type { MerkleTree } from "../../machines/merkle.js";
import { treeOf } from "../../machines/snapshotImage.js";

/** A page's name: the height of its tree and its root, since a leaf may be the root of something higher. */
const NAME = 33;
/** An entry of a list of pages: the page's index and its name. */
const ENTRY = 4 + NAME;

/** The pages of trees, each kept once however many trees have it. */
export class PageTable {
  private readonly insert: StatementSync;
  private readonly select: StatementSync;
  private readonly selectNames: StatementSync;
  private readonly remove: StatementSync;

  public constructor(file: SqliteFile) {
    this.insert = file.statement("INSERT OR IGNORE INTO pages (name, data) VALUES (?, ?)");
    this.select = file.statement("SELECT data FROM pages WHERE name = ?");
    this.selectNames = file.statement("SELECT id, name FROM pages");
    this.remove = file.statement("DELETE FROM pages WHERE id = ?");
  }

  /** Writes the pages of a tree that are not there yet; gives the list by which it is read again. */
  public write(tree: MerkleTree): Uint8Array {
    const list: Uint8Array[] = [];
    for (const { index, data, root } of tree.pages()) {
      const entry = new Uint8Array(ENTRY);
      new DataView(entry.buffer).setUint32(0, index);
      entry[4] = tree.pageHeight;
      entry.set(root, 5);
      this.insert.run(entry.subarray(4), data);
      list.push(entry);
    }
    return new Uint8Array(Buffer.concat(list));
  }

  /** The tree that a list is of; undefined if a page of it is missing. */
  public read(depth: number, list: Uint8Array): MerkleTree | undefined {
    const pages: [number, Uint8Array][] = [];
    for (const entry of entriesOf(list)) {
      const data = this.select.get(entry.subarray(4))?.data;
      if (!(data instanceof Uint8Array)) return undefined;
      // Trees compare pages as words, which begin at multiples of four.
      pages.push([new DataView(entry.buffer, entry.byteOffset).getUint32(0), data.slice()]);
    }
    return treeOf({ depth, pages });
  }

  /** Forgets all pages that are in none of these lists. */
  public keepOnly(lists: Iterable<Uint8Array>): void {
    const used = new Set<string>();
    for (const list of lists) for (const entry of entriesOf(list)) used.add(nameOf(entry.subarray(4)));
    const rows = this.selectNames.all() as unknown as { readonly id: number; readonly name: Uint8Array }[];
    for (const { id, name } of rows) if (!used.has(nameOf(name))) this.remove.run(id);
  }
}

function* entriesOf(list: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < list.length; start += ENTRY) yield list.subarray(start, start + ENTRY);
}

function nameOf(name: Uint8Array): string {
  return Buffer.from(name.buffer, name.byteOffset, name.length).toString("latin1");
}
