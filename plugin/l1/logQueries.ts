import type { Log, Provider } from "ethers";

import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import { rangeRefusal, type RangeRefusal } from "./logRange.js";

/** How many blocks one query asks for at first: what public providers commonly allow. */
export const BLOCKS_PER_QUERY = 5_000;
/** After so many queries that went well, one that was shortened because it gave too much is lengthened again. */
const LENGTHEN_AFTER = 4;

/** Asks for logs in ranges that the provider takes, and remembers how long these are. */
export class LogQueries {
  /** How many blocks the next query asks for. */
  private length: number;
  private wentWell = 0;

  /** @param longest No query asks for more blocks. */
  public constructor(
    private readonly provider: Pick<Provider, "getLogs">,
    private longest = BLOCKS_PER_QUERY,
  ) {
    this.length = longest;
  }

  /**
   * The logs of some contracts in the blocks from `first` to `last`, in their order.
   * @throws {RollupError} `LOGS_REFUSED` if the provider does not even give those of one block.
   */
  public async read(address: readonly Hex[], first: number, last: number): Promise<Log[]> {
    const logs: Log[] = [];
    let from = first;
    while (from <= last) {
      const to = Math.min(last, from + this.length - 1);
      const found = await this.query(address, from, to);
      if (found === undefined) continue;
      logs.push(...found);
      from = to + 1;
    }
    return logs;
  }

  /** Undefined if the next query has to be shorter. */
  private async query(address: readonly Hex[], fromBlock: number, toBlock: number): Promise<Log[] | undefined> {
    try {
      const logs = await this.provider.getLogs({ address: [...address], fromBlock, toBlock });
      this.lengthen();
      return logs;
    } catch (error) {
      const refusal = rangeRefusal(error);
      if (refusal === undefined) throw error;
      this.shorten(refusal, toBlock - fromBlock + 1, error as Error);
      return undefined;
    }
  }

  private shorten({ limit, suggested }: RangeRefusal, asked: number, cause: Error): void {
    if (asked === 1) {
      throw new RollupError(
        "LOGS_REFUSED",
        "The provider does not give the logs of a single block.",
        { reason: cause.message, do: "use another endpoint" },
        cause,
      );
    }
    const half = asked >> 1;
    this.length = suggested !== undefined && suggested < asked ? suggested : half;
    if (limit === "blocks") this.longest = this.length;
    this.wentWell = 0;
  }

  private lengthen(): void {
    this.wentWell += 1;
    if (this.wentWell % LENGTHEN_AFTER === 0) this.length = Math.min(this.longest, this.length * 2);
  }
}
