import { setTimeout } from "node:timers/promises";

import { RollupError } from "../errors.js";
import { bytesToHex, type Hex } from "../hex.js";
import { Status } from "../http/httpError.js";
import { retryAfter } from "../http/retryAfter.js";

/** How long a node may take to answer, in milliseconds. */
const PATIENCE = 30_000;
/** For how long one that is asked too much is asked again. */
const LONGEST_WAIT = 120_000;

/** A node that runs somewhere, as its users see it. */
export class NodeClient {
  /** @param url Without a slash at its end. */
  public constructor(public readonly url: string) {}

  /** Hands a transaction in; gives its hash when it is accepted. @throws {RollupError} The node's refusal, `NODE_UNREACHABLE`. */
  public async send(transaction: Uint8Array): Promise<Hex> {
    const { hash } = await this.post<{ readonly hash: Hex }>("/v1/transactions", { data: bytesToHex(transaction) });
    return hash;
  }

  public get<Answer>(path: string): Promise<Answer> {
    return this.ask<Answer>(path);
  }

  public post<Answer>(path: string, body: unknown): Promise<Answer> {
    const headers = { "content-type": "application/json" };
    return this.ask<Answer>(path, { method: "POST", headers, body: JSON.stringify(body) });
  }

  /** One that is asked too much says when it wants to be asked again. */
  private async ask<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
    const end = Date.now() + LONGEST_WAIT;
    for (;;) {
      const response = await this.fetch(path, init);
      const wait = response.status === Status.Busy ? retryAfter(response) : undefined;
      if (wait === undefined || Date.now() + wait > end) return this.read<Answer>(response);
      await response.body?.cancel();
      await setTimeout(wait);
    }
  }

  private async fetch(path: string, init: RequestInit): Promise<Response> {
    return fetch(this.url + path, { ...init, signal: AbortSignal.timeout(PATIENCE) }).catch((error: Error) => {
      throw this.unreachable(error);
    });
  }

  private async read<Answer>(response: Response): Promise<Answer> {
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok && answer !== undefined) return answer as Answer;
    const { code, message, facts } = (answer ?? {}) as Partial<Record<"code" | "message", string>> & { facts?: object };
    if (code === undefined || message === undefined) throw this.unreachable(new Error(`status ${response.status}`));
    throw new RollupError(code, message, { ...facts, node: this.url });
  }

  private unreachable(error: Error): RollupError {
    const cause = error.cause instanceof Error ? error.cause.message : error.message;
    const facts = { node: this.url, reason: cause, do: "start it (rollup:node), or name another with --node" };
    return new RollupError("NODE_UNREACHABLE", "The node does not answer.", facts, error);
  }
}
