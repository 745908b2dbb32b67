import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";

/** What goes wrong between a client and a settlement layer's node. Shares are of requests, from 0 to 1; what is absent does not happen. */
export interface Faults {
  /** Every answer takes so many milliseconds longer. */
  readonly latency?: number;
  /** Answered with a JSON-RPC error that says nothing. */
  readonly errors?: number;
  /** Answered with status 503. */
  readonly unavailable?: number;
  /** Answered with status 429. */
  readonly rateLimit?: number;
  /** The connection is reset before the node sees the request. */
  readonly resets?: number;
  /** The connection is reset after the node has done what it was asked for. */
  readonly lostAnswers?: number;
  /** The answer ends in the middle. */
  readonly truncated?: number;
  /** The request is never answered. */
  readonly silent?: number;
  /** Logs are answered with one of them changed, or left out. */
  readonly wrongLogs?: number;
  /** Blocks are answered with another hash. */
  readonly wrongBlocks?: number;
  /** It is behind by so many blocks, and knows nothing that came later. */
  readonly behind?: number;
  /** The most blocks that a query for logs may ask for. */
  readonly maxLogRange?: number;
}

interface Call {
  readonly id: unknown;
  readonly method: string;
  readonly params?: unknown[];
}

interface Answer {
  readonly result?: unknown;
  readonly error?: unknown;
}

/**
 * A JSON-RPC endpoint that hands everything on to another and spoils it on the way, by a seed: what public endpoints do over months, in a test of
 * seconds.
 */
export class FaultyEndpoint {
  /** What goes wrong from now on. */
  public faults: Faults = {};
  /** How often each fault has happened. */
  public readonly happened = new Map<keyof Faults, number>();
  /** The methods that were asked for, in their order. */
  public readonly asked: string[] = [];
  private readonly waiting = new AbortController();
  private state: number;

  private constructor(
    private readonly server: Server,
    private readonly target: string,
    seed: number,
  ) {
    this.state = seed | 1;
    this.server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      void this.serve(request, response).catch(() => response.destroy());
    });
  }

  /** Starts one on a free port of this machine. @param target The address of the endpoint that it hands requests on to. */
  public static async start(target: string, seed = 1): Promise<FaultyEndpoint> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new FaultyEndpoint(server, target, seed);
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Drops what it is connected to. */
  public async stop(): Promise<void> {
    this.waiting.abort();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const calls = await readCalls(request);
    if (this.faults.latency !== undefined) await this.sleep(this.faults.latency);
    if (this.happens("silent")) return;
    if (this.happens("resets")) return void response.socket?.resetAndDestroy();
    if (this.happens("unavailable")) return void response.writeHead(503).end("unavailable");
    if (this.happens("rateLimit")) return void response.writeHead(429, { "retry-after": "0" }).end("slow down");
    const answers = await Promise.all(calls.list.map((call) => this.answer(call)));
    if (this.happens("lostAnswers")) return void response.socket?.resetAndDestroy();
    const body = JSON.stringify(calls.batch ? answers : answers[0]);
    response.writeHead(200, { "content-type": "application/json" });
    response.end(this.happens("truncated") ? body.slice(0, body.length >> 1) : body);
  }

  private async answer(call: Call): Promise<object> {
    this.asked.push(call.method);
    const { result, error } = await this.spoil(call);
    const envelope = { jsonrpc: "2.0", id: call.id };
    return error === undefined ? { ...envelope, result: result ?? null } : { ...envelope, error };
  }

  private async spoil(call: Call): Promise<Answer> {
    if (this.happens("errors")) return { error: { code: -32_603, message: "internal error" } };
    const refused = this.tooLong(call);
    if (refused !== undefined) return { error: { code: -32_005, message: refused } };
    const { behind } = this.faults;
    const answer = behind === undefined ? await this.ask(call) : await this.askBehind(call, behind);
    if (call.method === "eth_getLogs" && this.happens("wrongLogs")) return { result: spoiledLogs(answer.result) };
    if (call.method === "eth_getBlockByNumber" && this.happens("wrongBlocks")) {
      return { result: answer.result === null ? null : { ...(answer.result as object), hash: `0x${"ee".repeat(32)}` } };
    }
    return answer;
  }

  private tooLong({ method, params }: Call): string | undefined {
    const { maxLogRange } = this.faults;
    if (method !== "eth_getLogs" || maxLogRange === undefined) return undefined;
    const { fromBlock, toBlock } = (params?.[0] ?? {}) as { fromBlock?: string; toBlock?: string };
    if (Number(toBlock) - Number(fromBlock) < maxLogRange) return undefined;
    this.count("maxLogRange");
    return `eth_getLogs is limited to a ${maxLogRange} range`;
  }

  /** As the node would have answered some blocks ago. */
  private async askBehind(call: Call, behind: number): Promise<Answer> {
    const head = Math.max(0, Number((await this.ask({ id: 0, method: "eth_blockNumber" })).result) - behind);
    this.count("behind");
    if (call.method === "eth_blockNumber") return { result: toHex(head) };
    const params = call.params?.map((parameter) => (parameter === "latest" ? toHex(head) : parameter));
    const answer = await this.ask({ ...call, params });
    return isLater(answer.result, head) ? { result: null } : answer;
  }

  private async ask(call: Call): Promise<Answer> {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ jsonrpc: "2.0", params: [], ...call });
    return (await (await fetch(this.target, { method: "POST", headers, body })).json()) as Answer;
  }

  private happens(fault: keyof Faults): boolean {
    const share = this.faults[fault] ?? 0;
    if (share === 0 || this.draw() >= share) return false;
    this.count(fault);
    return true;
  }

  private count(fault: keyof Faults): void {
    this.happened.set(fault, (this.happened.get(fault) ?? 0) + 1);
  }

  /** From 0 to 1, the same ones for the same seed. */
  private draw(): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) / 2 ** 32;
  }

  private async sleep(milliseconds: number): Promise<void> {
    await setTimeout(milliseconds, undefined, { signal: this.waiting.signal });
  }
}

async function readCalls(request: IncomingMessage): Promise<{ readonly batch: boolean; readonly list: Call[] }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = JSON.parse(Buffer.concat(chunks).toString()) as Call | Call[];
  return { batch: Array.isArray(body), list: Array.isArray(body) ? body : [body] };
}

/** The first log says something else; where there is none, there is one too many to say. */
function spoiledLogs(logs: unknown): unknown {
  if (!Array.isArray(logs) || logs.length === 0) return [];
  const [first, ...rest] = logs as { data: string }[];
  return first.data.length > 2 ? [{ ...first, data: `${first.data.slice(0, -2)}00` }, ...rest] : rest;
}

function isLater(result: unknown, head: number): boolean {
  if (typeof result !== "object" || result === null) return false;
  const { number, blockNumber } = result as { number?: string; blockNumber?: string };
  return Number(number ?? blockNumber ?? 0) > head;
}

function toHex(value: number): string {
  return `0x${value.toString(16)}`;
}
