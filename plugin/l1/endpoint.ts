import { RollupError } from "../errors.js";

/** A JSON-RPC error that an endpoint has answered with: it was reached, and said no. */
export class EndpointAnswerError extends Error {
  public constructor(
    message: string,
    public readonly code: number,
    public readonly data: unknown,
  ) {
    super(message);
  }
}

/** An endpoint did not answer, or not as JSON-RPC does. Whether it did what it was asked for is not known. */
export class EndpointFailedError extends RollupError {
  public constructor(
    name: string,
    method: string,
    public readonly reason: string,
    /** When it wants to be asked again, in milliseconds from now. */
    public readonly retryAfter: number | undefined,
    cause?: Error,
  ) {
    super(
      "ENDPOINT_FAILED",
      "An endpoint of the settlement layer does not answer.",
      { endpoint: name, method, reason },
      cause,
    );
  }
}

/** Answers may be so long: a block of logs at most. */
const MOST_BYTES = 256 * 2 ** 20;
/** After its first failure an endpoint is left aside for so many milliseconds, and for twice as many after each further one. */
const ASIDE = 500;
const LONGEST_ASIDE = 60_000;

/** One JSON-RPC endpoint, and how well it is. */
export class Endpoint {
  /** As errors and logs name it: without what may be a key. */
  public readonly name: string;
  /** The highest block that it has told of. */
  public head = -1;
  private failures = 0;
  private asideUntil = 0;
  private calls = 0;

  /** @param timeout In milliseconds. */
  public constructor(
    private readonly url: string,
    private readonly timeout: number,
    private readonly clock: () => number = Date.now,
  ) {
    const { protocol, host } = new URL(url);
    this.name = `${protocol}//${host}`;
  }

  /** Whether it is asked before others. */
  public get isWell(): boolean {
    return this.clock() >= this.asideUntil;
  }

  /**
   * Asks it.
   * @throws {EndpointAnswerError} If it answers with an error. @throws {EndpointFailedError} If it does not answer.
   */
  public async request(method: string, params: readonly unknown[]): Promise<unknown> {
    try {
      const result = await this.ask(method, params);
      this.failures = 0;
      this.asideUntil = 0;
      return result;
    } catch (error) {
      if (error instanceof EndpointFailedError) this.leaveAside(error.retryAfter);
      throw error;
    }
  }

  /** It has failed, or said what others deny. */
  public leaveAside(atLeast = 0): void {
    const pause = Math.min(ASIDE * 2 ** this.failures, LONGEST_ASIDE);
    this.failures = Math.min(this.failures + 1, 16);
    this.asideUntil = this.clock() + Math.max(pause, atLeast);
  }

  private async ask(method: string, params: readonly unknown[]): Promise<unknown> {
    const body = JSON.stringify({ jsonrpc: "2.0", id: ++this.calls, method, params });
    const answer = await this.post(method, body);
    if (answer.error === undefined || answer.error === null) return answer.result;
    const { message = "an error without words", code = 0, data } = answer.error;
    if (isBusy(message, code)) throw new EndpointFailedError(this.name, method, message, undefined);
    throw new EndpointAnswerError(message, code, data);
  }

  private async post(method: string, body: string): Promise<RpcAnswer> {
    const failed = (reason: string, retryAfter?: number, cause?: Error): EndpointFailedError =>
      new EndpointFailedError(this.name, method, reason, retryAfter, cause);
    try {
      const signal = AbortSignal.timeout(this.timeout);
      const response = await fetch(this.url, { method: "POST", headers: HEADERS, body, signal });
      const text = await readText(response);
      if (!response.ok && !text.startsWith("{")) throw failed(`status ${response.status}`, retryAfter(response));
      const answer = JSON.parse(text) as RpcAnswer;
      if (!("result" in answer) && !("error" in answer)) throw failed("no JSON-RPC answer", retryAfter(response));
      return answer;
    } catch (error) {
      if (error instanceof EndpointFailedError) throw error;
      throw failed(reasonOf(error as Error), undefined, error as Error);
    }
  }
}

const HEADERS = { "content-type": "application/json" };

interface RpcAnswer {
  readonly result?: unknown;
  readonly error?: { readonly message?: string; readonly code?: number; readonly data?: unknown } | null;
}

/** What an endpoint says that has too much to do, or something wrong with it: another one may answer. */
function isBusy(message: string, code: number): boolean {
  if (code === -32_603 && /^internal( json-?rpc)? error$/i.test(message.trim())) return true;
  return /rate limit|too many requests|requests per second|capacity|try again|temporarily|overloaded/i.test(message);
}

async function readText(response: Response): Promise<string> {
  const length = Number(response.headers.get("content-length") ?? 0);
  if (length > MOST_BYTES) throw new Error(`an answer of ${length} bytes`);
  return response.text();
}

function retryAfter(response: Response): number | undefined {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) ? Math.min(seconds * 1000, LONGEST_ASIDE) : undefined;
}

function reasonOf(error: Error): string {
  if (error.name === "TimeoutError") return "no answer in time";
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
