import type { StatementSync } from "node:sqlite";

import { decodeJson, encodeJson } from "../../database/json.js";
import type { SqliteFile } from "../../database/sqliteFile.js";
import { RollupError } from "../../errors.js";
import type { Hex } from "../../hex.js";
import { ProofNeeded, type Input, type InputHeader } from "../../input.js";
import { checkedInput } from "../../node/checkedInput.js";
import type { InputLog, KeptInput, QueuedMessage } from "../../node/nodeStore.js";
import { wordTreeBatch, type BatchReader, type FoundBatch } from "../../sources/batchReader.js";
import { MessageTable } from "./messageTable.js";

interface InputRow {
  readonly hash: Hex;
  readonly header: string;
  readonly block: number;
  readonly posted: Uint8Array | null;
  readonly posting: Hex | null;
}

/** What is done with inputs besides, in the same commit. */
export interface InputListener {
  /** The bytes of an input are known. */
  known(number: number, data: Uint8Array): void;
  /** The inputs from `count` on are no more. */
  rolledBack(count: number): void;
}

/** The bytes that were read last. */
interface ReadData {
  readonly number: number;
  readonly data: Uint8Array;
}

/**
 * A chain's inputs and messages, in its file. What is at hand of an input is its place: bytes are read where they are asked for, and those of one input
 * are kept, since a guest asks for them word by word.
 */
export class InputTable implements InputLog {
  public count = 0;
  public known = 0;
  public appended = 0;
  private lastRead: ReadData | undefined;
  private readonly queuedMessages: MessageTable;
  private readonly insert: StatementSync;
  private readonly find: StatementSync;
  private readonly setData: StatementSync;
  private readonly selectData: StatementSync;
  private readonly hasData: StatementSync;
  private readonly selectLast: StatementSync;
  private readonly selectUnknown: StatementSync;
  private readonly selectAppended: StatementSync;
  private readonly removeAfter: StatementSync;
  private readonly removeBelow: StatementSync;

  /** @param readers Of the sources whose batches are elsewhere: they prove words of theirs. */
  public constructor(
    file: SqliteFile,
    private readonly readers: ReadonlyMap<Hex, BatchReader>,
    private readonly listener?: InputListener,
  ) {
    this.queuedMessages = new MessageTable(file);
    this.insert = file.statement("INSERT INTO inputs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    this.find = file.statement("SELECT hash, header, block, posted, posting FROM inputs WHERE number = ?");
    this.setData = file.statement("UPDATE inputs SET data = ? WHERE number = ?");
    this.selectData = file.statement("SELECT data FROM inputs WHERE number = ?");
    this.hasData = file.statement("SELECT data IS NOT NULL AS there FROM inputs WHERE number = ?");
    this.selectLast = file.statement("SELECT number, appended FROM inputs ORDER BY number DESC LIMIT 1");
    this.selectUnknown = file.statement("SELECT min(number) AS number FROM inputs WHERE data IS NULL");
    this.selectAppended = file.statement("SELECT appended, kind = 'batch' AS batch FROM inputs WHERE number = ?");
    this.removeAfter = file.statement("DELETE FROM inputs WHERE block > ?");
    this.removeBelow = file.statement("DELETE FROM inputs WHERE number < ?");
    this.resume();
  }

  public get queued(): number {
    return this.queuedMessages.count;
  }

  public append({ header, hash, block, posted }: KeptInput, batch: FoundBatch | undefined): void {
    const appended = this.appended + (header.kind === "batch" ? 0 : 1);
    const { data } = (batch && checkedInput(header, batch)) ?? {};
    const place = [posted?.data ?? null, posted?.transaction ?? null] as const;
    this.insert.run(this.count, hash, header.kind, encodeJson(header), block, appended, ...place, data ?? null);
    if (data !== undefined) this.listener?.known(this.count, data);
    this.count += 1;
    this.appended = appended;
    this.pass();
  }

  public fill(batch: FoundBatch): void {
    const { data } = checkedInput(this.get(this.known).header, batch);
    this.setData.run(data, this.known);
    this.listener?.known(this.known, data);
    this.pass();
  }

  public get(number: number): KeptInput {
    const row = this.find.get(number) as InputRow | undefined;
    if (row === undefined) throw dropped(number, this.count);
    const { hash, block, header, posted, posting } = row;
    const place = posted === null || posting === null ? undefined : { data: posted, transaction: posting };
    return { header: decodeJson<InputHeader>(header), hash, block, posted: place };
  }

  public input(number: number): Input {
    const kept = this.get(number);
    const read = (): Uint8Array => this.data(number);
    return {
      header: kept.header,
      get data() {
        return read();
      },
      proveWord: this.prover(kept, read),
    };
  }

  public queue(message: QueuedMessage): void {
    this.queuedMessages.append(message);
  }

  public messages(from: number): QueuedMessage[] {
    return this.queuedMessages.from(from);
  }

  public rollBack(block: number): void {
    this.removeAfter.run(block);
    this.queuedMessages.rollBack(block);
    this.resume();
    this.listener?.rolledBack(this.count);
  }

  /** Forgets the inputs below one, which is not the last, and the messages that became them. */
  public prune(below: number): void {
    if (below <= 0 || below >= this.count) return;
    const { appended, batch } = this.selectAppended.get(below) as { readonly appended: number; readonly batch: number };
    this.removeBelow.run(below);
    this.lastRead = undefined;
    this.queuedMessages.prune(batch === 1 ? appended : appended - 1);
  }

  private data(number: number): Uint8Array {
    if (this.lastRead?.number === number) return this.lastRead.data;
    const data = this.selectData.get(number)?.data;
    if (!(data instanceof Uint8Array)) throw dropped(number, this.count);
    this.lastRead = { number, data };
    return data;
  }

  /** Of a batch that is elsewhere words are proved by who has found it; that is asked when the first word is. */
  private prover({ header, posted }: KeptInput, read: () => Uint8Array): Input["proveWord"] {
    const reader = posted && this.readers.get(header.source);
    let found: FoundBatch | undefined;
    return (index) => {
      if (reader === undefined) found ??= wordTreeBatch(read());
      if (found !== undefined) return found.proveWord(index);
      throw new ProofNeeded(async () => {
        found = await reader!.read({ header, posted: posted!.data, transaction: posted!.transaction });
      });
    };
  }

  private pass(): void {
    while (this.known < this.count && this.hasData.get(this.known)?.there === 1) this.known += 1;
  }

  private resume(): void {
    this.lastRead = undefined;
    const last = this.selectLast.get() as { readonly number: number; readonly appended: number } | undefined;
    this.count = last === undefined ? 0 : last.number + 1;
    this.appended = last?.appended ?? 0;
    this.known = (this.selectUnknown.get()?.number as number | null) ?? this.count;
  }
}

function dropped(number: number, count: number): RollupError {
  return new RollupError("INPUT_DROPPED", "This input is not remembered.", { given: number, inputs: count });
}
