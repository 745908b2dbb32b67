import { EndpointAnswerError, EndpointFailedError } from "./endpoint.js";
import { rangeRefusal } from "./logRange.js";

/** What decisions rest on: of these, endpoints must agree. Where each has the block that is meant. */
const TAG_PLACES: Readonly<Record<string, number | undefined>> = {
  eth_getBlockByNumber: 0,
  eth_getBlockByHash: undefined,
  eth_getTransactionReceipt: undefined,
  eth_getLogs: undefined,
  eth_call: 1,
  eth_getTransactionCount: 1,
  eth_getBalance: 1,
  eth_getCode: 1,
  eth_getStorageAt: 2,
};

const BLOCK = ["hash", "number", "parentHash", "timestamp", "stateRoot", "baseFeePerGas", "excessBlobGas"];
const LOG = ["address", "topics", "data", "blockNumber", "blockHash", "transactionHash", "logIndex"];
const RECEIPT = ["transactionHash", "blockHash", "blockNumber", "status", "gasUsed", "effectiveGasPrice"];

/** Words for a block: endpoints that are not equally far mean different blocks. */
export const TAGS = ["latest", "safe", "finalized"] as const;
export type Tag = (typeof TAGS)[number];

/** Whether endpoints must agree on what a request is answered with. What is pending differs between them. */
export function needsAgreement(method: string, params: readonly unknown[]): boolean {
  return method in TAG_PLACES && !params.includes("pending");
}

/** The tags that a request names. */
export function tagsIn(method: string, params: readonly unknown[]): Tag[] {
  const named = method === "eth_getLogs" ? rangeOf(params) : [params[TAG_PLACES[method] ?? -1]];
  return TAGS.filter((tag) => named.includes(tag));
}

/** A request with numbers in place of its tags, so that all endpoints are asked about one block. */
export function withNumbers(
  method: string,
  params: readonly unknown[],
  numbers: ReadonlyMap<unknown, string>,
): readonly unknown[] {
  const numbered = (value: unknown): unknown => numbers.get(value) ?? value;
  if (method !== "eth_getLogs")
    return params.map((value, index) => (index === TAG_PLACES[method] ? numbered(value) : value));
  const [filter, ...rest] = params as [object & { fromBlock?: unknown; toBlock?: unknown }];
  return [{ ...filter, fromBlock: numbered(filter.fromBlock), toBlock: numbered(filter.toBlock) }, ...rest];
}

/** What must be equal in two answers for them to agree. */
export function essenceOf(method: string, answer: unknown): string {
  if (answer === null || answer === undefined) return "null";
  if (method.startsWith("eth_getBlockBy")) return JSON.stringify(pick(answer, BLOCK));
  if (method === "eth_getLogs") return JSON.stringify((answer as unknown[]).map((log) => pick(log, LOG)));
  if (method !== "eth_getTransactionReceipt") return JSON.stringify(answer);
  const { logs = [] } = answer as { logs?: unknown[] };
  return JSON.stringify([pick(answer, RECEIPT), logs.map((log) => pick(log, LOG))]);
}

/** What must be equal in two refusals; undefined if this one is the endpoint's own affair, and no answer to what was asked. */
export function essenceOfError(error: unknown): string | undefined {
  if (error instanceof EndpointFailedError || !(error instanceof EndpointAnswerError)) return undefined;
  if (rangeRefusal(error) !== undefined || isBehind(error)) return undefined;
  const data = typeof error.data === "string" ? error.data : (error.data as { data?: unknown } | undefined)?.data;
  if (typeof data === "string" && data !== "0x") return `reverted ${data}`;
  return /revert/i.test(error.message) ? "reverted" : `refused ${error.code}`;
}

/** Whether an endpoint does not have a block that another one has told of. */
export function isBehind(error: EndpointAnswerError): boolean {
  return /header not found|unknown block|block not found|missing trie node|not available|out of range/i.test(
    error.message,
  );
}

function rangeOf(params: readonly unknown[]): unknown[] {
  const { fromBlock, toBlock } = (params[0] ?? {}) as { fromBlock?: unknown; toBlock?: unknown };
  return [fromBlock, toBlock];
}

function pick(value: unknown, names: readonly string[]): unknown[] {
  const record = value as Readonly<Record<string, unknown>>;
  return names.map((name) => lower(record[name]));
}

/** Clients write addresses with capitals or without. */
function lower(value: unknown): unknown {
  return typeof value === "string" ? value.toLowerCase() : (value ?? null);
}
