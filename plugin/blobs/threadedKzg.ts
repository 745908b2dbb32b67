import type { Hex } from "../hex.js";
import { checkBlob, checkIndex, elementAt } from "./elements.js";
import { evaluationPoint, type Kzg, type Opening } from "./kzg.js";
import type { KzgFunctions } from "./kzgFunctions.js";
import type { ThreadPool } from "./threadPool.js";

/** KZG by a library that runs in threads. */
export class ThreadedKzg implements Kzg {
  public constructor(
    public readonly name: string,
    private readonly pool: ThreadPool<KzgFunctions>,
  ) {}

  public async commit(blob: Uint8Array): Promise<Hex> {
    checkBlob(blob);
    return this.pool.call("commit", blob);
  }

  public async prove(blob: Uint8Array, commitment: Hex): Promise<Hex> {
    checkBlob(blob);
    return this.pool.call("prove", blob, commitment);
  }

  public async open(blob: Uint8Array, index: number): Promise<Opening> {
    checkBlob(blob);
    checkIndex(index);
    return { value: elementAt(blob, index), proof: await this.pool.call("open", blob, evaluationPoint(index)) };
  }

  public openAll(blob: Uint8Array, indices: readonly number[]): Promise<Opening[]> {
    return Promise.all(indices.map((index) => this.open(blob, index)));
  }

  public async verify(commitment: Hex, index: number, { value, proof }: Opening): Promise<boolean> {
    checkIndex(index);
    return this.pool.call("verify", commitment, evaluationPoint(index), value, proof);
  }

  public async cells(blob: Uint8Array): Promise<Hex[]> {
    checkBlob(blob);
    return this.pool.call("cells", blob);
  }
}
