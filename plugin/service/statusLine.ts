import { formatAmount } from "../config/amount.js";
import { formatDuration } from "../config/duration.js";
import { formatCount } from "../console/format.js";
import type { NodeService } from "./nodeService.js";
import { statusOfService, type ServiceStatus } from "./serviceStatus.js";

/** Goes to the start of a terminal's line and empties it. */
const CLEAR = "\r\u001b[2K";

/** A terminal's last line, which says once a second how a service is doing; what else is printed stays above it. */
export class StatusLine {
  private timer: NodeJS.Timeout | undefined;
  private shown = "";

  public constructor(
    private readonly service: NodeService,
    private readonly stream: { readonly columns?: number; write(text: string): unknown },
  ) {}

  public start(): void {
    this.timer = setInterval(() => void this.draw(), 1_000);
    this.timer.unref();
  }

  /** A line that stays. */
  public print(line: string): void {
    this.stream.write(`${CLEAR}${line}\n${this.shown}`);
  }

  public stop(): void {
    clearInterval(this.timer);
    this.stream.write(`${CLEAR}`);
    this.shown = "";
  }

  private async draw(): Promise<void> {
    const now = await this.service.chain.now().catch(() => undefined);
    const line = formatStatus(statusOfService(this.service), now);
    this.shown = line.slice(0, (this.stream.columns ?? 120) - 1);
    this.stream.write(CLEAR + this.shown);
  }
}

/**
 * One line: heads, pending, disputes with the time left on their clocks, bonds out, gas spent.
 * @param now Of the settlement layer, in seconds; undefined where it does not answer.
 */
export function formatStatus(status: ServiceStatus, now: bigint | undefined): string {
  const { block, inputs, executed, confirmed, pending, messages, disputes, bonds, fees, problems } = status;
  const behind = executed === inputs ? "" : ` (${formatCount(inputs - executed)} to execute)`;
  const parts = [
    `L1 ${formatCount(block)}`,
    `inputs ${formatCount(inputs)}${behind}`,
    `confirmed ${formatCount(confirmed.end)}`,
    `pending ${formatCount(pending)}${messages === 0 ? "" : ` and ${messages} messages`}`,
    `disputes ${formatDisputes(disputes, now)}`,
    `bonds ${formatAmount(bonds)}`,
    `spent ${formatAmount(fees)}`,
  ];
  if (problems.length > 0) parts.push(`! ${problems[0]}`);
  return parts.join(" | ");
}

function formatDisputes(disputes: ServiceStatus["disputes"], now: bigint | undefined): string {
  if (disputes.length === 0) return "none";
  const clocks = disputes.map(({ assertion, open, next }) => {
    const left = next === undefined || now === undefined ? "?" : formatDuration(Number(next.deadline - now));
    return `${assertion.slice(0, 8)}: ${open} open, ${left} left`;
  });
  return clocks.join("; ");
}
