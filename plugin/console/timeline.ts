import { formatAmount } from "../config/amount.js";
import { formatDuration } from "../config/duration.js";
import type { Cost, NodeEvent, OnEvent, Spent } from "../node/events.js";
import type { Console } from "./console.js";
import { formatBlobs, formatCount } from "./format.js";

const TIME_WIDTH = 12;
const PARTY_WIDTH = 11;

/** What a timeline shows besides what was done. */
export interface TimelineOptions {
  /** Whether each cost is told before it is spent. */
  readonly costs: boolean;
}

/** Prints what parties do, one line each: the chain's time since the first line, who, what, and what it took. */
export class Timeline {
  private first: bigint | undefined;
  private last = 0n;
  private readonly skipped = new Set<string>();

  public constructor(
    private readonly out: Pick<Console, "line">,
    private readonly options: TimelineOptions = { costs: true },
  ) {}

  /** A listener that prints what one party does under its name. */
  public party(name: string): OnEvent {
    return (event) => this.print(name, event);
  }

  /** A line of the story itself, at the chain's time. @param timestamp In seconds; the last known if absent. */
  public tell(party: string, text: string, timestamp?: bigint): void {
    if (timestamp !== undefined) this.at(timestamp);
    this.row(party, text);
  }

  /** Seconds of the chain's time from the first line to the last. */
  public get elapsed(): number {
    return this.first === undefined ? 0 : Number(this.last - this.first);
  }

  private print(party: string, event: NodeEvent): void {
    switch (event.type) {
      case "sending":
        if (this.options.costs) this.row(party, `${event.text}: ${describeCost(event.cost)}`, "...");
        return;
      case "sent":
        this.at(event.timestamp);
        this.row(party, `${event.text}  (${describeSpent(event.spent)})`);
        return;
      case "skipped":
        this.skip(party, `cannot ${event.text}: ${event.reason}`);
        return;
      case "executed":
        this.row(party, `executed ${formatCount(event.inputs)} inputs, ${formatCount(event.steps)} steps`);
        return;
      case "missing":
        this.row(party, `cannot go past input ${event.input}: ${event.reason}`);
        return;
      case "compared":
        if (this.options.costs) this.row(party, event.text, "...");
        return;
      case "disagreed":
        this.row(party, `${event.text}: differs at position ${formatCount(event.position)}`);
        return;
      case "resent":
        this.row(party, `sends again: ${event.text}; ${event.reason}`);
        return;
      case "alarm":
        this.row(party, `ALARM: ${event.text}`);
        return;
      case "hindered":
        this.skip(party, `cannot ${event.text}: ${event.reason}`);
        return;
      case "reorganized":
        this.row(party, `goes back from block ${event.from} to ${event.to}, whose successors L1 has replaced`);
        return;
      case "waiting":
        this.row(party, `waits ${formatDuration(Number(event.until - this.last))}: ${event.text}`);
        return;
    }
  }

  /** What cannot be done is tried again and again, and told once. */
  private skip(party: string, text: string): void {
    if (this.skipped.has(`${party} ${text}`)) return;
    this.skipped.add(`${party} ${text}`);
    this.row(party, text);
  }

  private at(timestamp: bigint): void {
    this.first ??= timestamp;
    this.last = timestamp;
  }

  private row(party: string, text: string, time: string = `+${formatDuration(this.elapsed)}`): void {
    this.out.line(`${time.padEnd(TIME_WIDTH)}${party.padEnd(PARTY_WIDTH)} ${text}`);
  }
}

/** What a transaction will take: `0.1 ETH and about 165,000 gas (0.0003 ETH), 1 blob (5 gwei)`. */
export function describeCost({ gas, fee, value, blobGas, blobFee }: Cost): string {
  const money = value === 0n ? "" : `${formatAmount(value)} and `;
  return `${money}about ${formatCount(gas)} gas (${formatAmount(fee)})${describeBlobs(blobGas, ` (${formatAmount(blobFee)})`)}`;
}

/** What a transaction took: `165,000 gas, 1 blob, 0.1 ETH`. */
export function describeSpent({ gas, value, blobGas }: Spent): string {
  const used = `${formatCount(gas)} gas${describeBlobs(blobGas, "")}`;
  return value === 0n ? used : `${used}, ${formatAmount(value)}`;
}

function describeBlobs(blobGas: bigint, cost: string): string {
  return blobGas === 0n ? "" : `, ${formatBlobs(blobGas)}${cost}`;
}
