import { pino, type Logger } from "pino";

import type { NodeEvent } from "../node/events.js";
import type { LogLevel } from "./nodeConfig.js";
import type { ServiceEvent } from "./nodeService.js";

/** What needs somebody's attention, and what is only of use to who looks closely. */
const LEVELS: Readonly<Partial<Record<NodeEvent["type"], "error" | "warn" | "debug">>> = {
  alarm: "error",
  hindered: "warn",
  skipped: "warn",
  missing: "warn",
  reorganized: "warn",
  disagreed: "warn",
  compared: "debug",
  sending: "debug",
  waiting: "debug",
};

/** Writes what a service tells, one JSON object a line, to standard error. */
export function serviceLog(chain: string, level: LogLevel): Logger {
  const destination = pino.destination({ dest: 2, sync: true });
  const serializers = { facts: (facts: unknown) => JSON.parse(JSON.stringify(facts, plain)) as unknown };
  return pino({ level, base: { chain }, serializers, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}

/** Writes one event. */
export function logEvent(log: Logger, { party, event }: ServiceEvent): void {
  const { type, ...facts } = event;
  const text = "text" in event ? event.text : type;
  log[LEVELS[type] ?? "info"]({ party, event: type, facts }, text);
}

function plain(_name: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
