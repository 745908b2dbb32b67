import type { EthereumProvider } from "hardhat/types/providers";

import type { Chain } from "../chain.js";

/** Moves a development network's clock. */
export class TimeTravel {
  public constructor(
    private readonly provider: EthereumProvider,
    private readonly chain: Chain,
  ) {}

  /** Mines a block at `timestamp`, in seconds; nothing if that is past. */
  public async to(timestamp: bigint): Promise<void> {
    if (timestamp <= (await this.chain.now())) return;
    await this.nextBlockAt(timestamp);
    await this.provider.request({ method: "evm_mine" });
  }

  /** Lets the next block, which a transaction may make, have this timestamp, in seconds. */
  public async nextBlockAt(timestamp: bigint): Promise<void> {
    await this.provider.request({ method: "evm_setNextBlockTimestamp", params: [`0x${timestamp.toString(16)}`] });
  }

  /** Lets time pass, in seconds. */
  public async by(seconds: bigint | number): Promise<void> {
    await this.to((await this.chain.now()) + BigInt(seconds));
  }

  /** Until the longest window of the chain's rule is over for all that was asserted up to now. */
  public async passWindow(): Promise<void> {
    const { windows } = this.chain.parameters;
    await this.by(windows[windows.length - 1] ?? 0n);
  }

  /** Until every clock that runs in a dispute is up. */
  public async passBank(): Promise<void> {
    const { bank, minResponse } = this.chain.parameters;
    await this.by(bank > minResponse ? bank : minResponse);
  }

  /** Until messages that are queued by now may be forced in. */
  public async passForcedInclusion(): Promise<void> {
    await this.by(this.chain.parameters.forceInclusionAfter);
  }
}
