import { Gauge, Registry } from "prom-client";

import type { NodeService } from "./nodeService.js";
import { statusOfService, type ServiceStatus } from "./serviceStatus.js";

/** What is measured, each by what of the status it is. */
const GAUGES: readonly (readonly [name: string, help: string, value: (status: ServiceStatus) => number])[] = [
  ["l1_block", "Block of the settlement layer up to which was read", ({ block }) => block],
  ["inputs", "Inputs of the chain", ({ inputs }) => inputs],
  ["executed_inputs", "Inputs that were executed", ({ executed }) => executed],
  ["executed_steps", "Steps that were executed", ({ steps }) => Number(steps)],
  ["confirmed_inputs", "Inputs before the last confirmed assertion's end", ({ confirmed }) => Number(confirmed.end)],
  ["pending_transactions", "Transactions that are in no executed input", ({ pending }) => pending],
  ["waiting_transactions", "Transactions that wait for a batch", ({ waiting }) => waiting],
  ["waiting_messages", "L1 messages that wait in the inbox", ({ messages }) => messages],
  ["assertions", "Assertions that were made", ({ assertions }) => assertions],
  ["open_disputes", "Assertions under which claims are undecided", ({ disputes }) => disputes.length],
  ["problems", "Reasons why the node does not keep up", ({ problems }) => problems.length],
];

/** What a service is measured by, for Prometheus: looked at when it is asked for. */
export function metricsOf(service: NodeService): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ chain: service.chain.name });
  for (const [name, help, value] of GAUGES) {
    new Gauge({
      name: `rollup_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(value(statusOfService(service)));
      },
    });
  }
  addClocks(service, registry);
  addRounds(service, registry);
  addMember(service, registry);
  addMemory(registry);
  return registry;
}

function addClocks(service: NodeService, registry: Registry): void {
  new Gauge({
    name: "rollup_next_deadline_seconds",
    help: "Until when the claim with the least time left can be answered, by the settlement layer's clock",
    labelNames: ["assertion"],
    registers: [registry],
    collect() {
      this.reset();
      for (const { assertion, next } of statusOfService(service).disputes) {
        if (next !== undefined) this.set({ assertion }, Number(next.deadline));
      }
    },
  });
}

function addRounds({ loopStates }: NodeService, registry: Registry): void {
  new Gauge({
    name: "rollup_last_round_seconds",
    help: "When the last round of a role that went well ended, in seconds since 1970",
    labelNames: ["role"],
    registers: [registry],
    collect() {
      for (const { name, succeededAt } of loopStates) {
        if (succeededAt !== undefined) this.set({ role: name }, succeededAt / 1_000);
      }
    },
  });
}

function addMember(service: NodeService, registry: Registry): void {
  new Gauge({
    name: "rollup_member_signatures",
    help: "Statements that the committee member beside the node has signed",
    labelNames: ["member"],
    registers: [registry],
    collect() {
      const { member } = service;
      if (member !== undefined) this.set({ member: member.address }, member.signatures);
    },
  });
}

function addMemory(registry: Registry): void {
  new Gauge({
    name: "rollup_resident_bytes",
    help: "Memory of the process",
    registers: [registry],
    collect() {
      this.set(process.memoryUsage().rss);
    },
  });
}
