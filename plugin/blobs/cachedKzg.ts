import { createHash } from "node:crypto";

import type { Hex } from "../hex.js";
import type { Kzg, Opening } from "./kzg.js";

/** Results that are kept: of each a few hundred bytes. */
const KEPT = 8192;

/**
 * KZG that computes nothing twice: a claim that is looked at again, sent again after a revert, or shared by several parties of one
 * process costs nothing the second time. What is being computed is waited for by whoever asks for it, too.
 */
export class CachedKzg implements Kzg {
  private readonly results = new Map<string, Promise<unknown>>();

  public constructor(private readonly kzg: Kzg) {}

  public get name(): string {
    return this.kzg.name;
  }

  public commit(blob: Uint8Array): Promise<Hex> {
    return this.once(`commit ${digest(blob)}`, () => this.kzg.commit(blob));
  }

  public prove(blob: Uint8Array, commitment: Hex): Promise<Hex> {
    return this.once(`prove ${digest(blob)} ${commitment}`, () => this.kzg.prove(blob, commitment));
  }

  public open(blob: Uint8Array, index: number): Promise<Opening> {
    return this.openOnce(blob, digest(blob), index);
  }

  public openAll(blob: Uint8Array, indices: readonly number[]): Promise<Opening[]> {
    const hash = digest(blob);
    return Promise.all(indices.map((index) => this.openOnce(blob, hash, index)));
  }

  public verify(commitment: Hex, index: number, opening: Opening): Promise<boolean> {
    return this.kzg.verify(commitment, index, opening);
  }

  public cells(blob: Uint8Array): Promise<Hex[]> {
    return this.once(`cells ${digest(blob)}`, () => this.kzg.cells(blob));
  }

  private openOnce(blob: Uint8Array, hash: string, index: number): Promise<Opening> {
    return this.once(`open ${hash} ${index}`, () => this.kzg.open(blob, index));
  }

  /** The oldest result makes room for a new one; a failure is not kept. */
  private once<Result>(key: string, compute: () => Promise<Result>): Promise<Result> {
    const known = this.results.get(key) as Promise<Result> | undefined;
    if (known) return known;
    const result = compute();
    this.results.set(key, result);
    if (this.results.size > KEPT) this.results.delete(this.results.keys().next().value as string);
    result.catch(() => this.results.delete(key));
    return result;
  }
}

function digest(blob: Uint8Array): string {
  return createHash("sha256").update(blob).digest("base64");
}
