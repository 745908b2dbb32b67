import { setTimeout } from "node:timers/promises";

import { RollupError } from "../errors.js";
import type { OnEvent } from "../node/events.js";
import { essenceOf, essenceOfError, isBehind, needsAgreement, tagsIn, withNumbers, type Tag } from "./agreement.js";
import { broadcastFailure } from "./broadcast.js";
import { Endpoint, EndpointAnswerError, EndpointFailedError } from "./endpoint.js";
import { rangeRefusal } from "./logRange.js";

/** Which endpoints are asked, and how. */
export interface PoolOptions {
  /** Their addresses, the best first. */
  readonly endpoints: readonly string[];
  /** So many must say the same of what decisions rest on; 1 if absent. */
  readonly quorum?: number;
  /** After so many milliseconds an endpoint that has not answered is asked no longer; 10,000 if absent. */
  readonly timeout?: number;
  /** How often all of them are tried again, with pauses that grow; 4 if absent. */
  readonly retries?: number;
  readonly onEvent?: OnEvent;
}

const TIMEOUT = 10_000;
const RETRIES = 4;
const FIRST_PAUSE = 100;

/** What one endpoint said. */
interface Vote {
  readonly endpoint: Endpoint;
  readonly answer?: unknown;
  readonly error?: Error;
  /** Undefined if it is no answer to what was asked. */
  readonly essence: string | undefined;
}

/**
 * Several endpoints of one settlement layer as one. What decisions rest on must be said by a quorum of them, about one block; the rest is asked of
 * the first that is well. Transactions go to all.
 */
export class EndpointPool {
  private readonly endpoints: readonly Endpoint[];
  private readonly quorum: number;
  private readonly retries: number;
  private readonly onEvent: OnEvent;

  public constructor({ endpoints, quorum = 1, timeout = TIMEOUT, retries = RETRIES, onEvent }: PoolOptions) {
    this.endpoints = endpoints.map((url) => new Endpoint(url, timeout));
    this.quorum = quorum;
    this.retries = retries;
    this.onEvent = onEvent ?? (() => undefined);
  }

  /**
   * Asks for something.
   * @throws {EndpointAnswerError} What the endpoints refuse it with. @throws {RollupError} `ENDPOINTS_UNREACHABLE`, `ENDPOINTS_DISAGREE`.
   */
  public async request(method: string, params: readonly unknown[]): Promise<unknown> {
    if (method === "eth_sendRawTransaction") return this.broadcast(method, params);
    if (this.quorum === 1) return this.persist(method, () => this.askOne(method, params));
    if (method === "eth_blockNumber") return this.persist(method, () => this.numberOf("latest"));
    if (!needsAgreement(method, params)) return this.persist(method, () => this.askOne(method, params));
    return this.persist(method, () => this.agree(method, params));
  }

  /** What every endpoint says, or why it does not. */
  public async askAll(method: string, params: readonly unknown[]): Promise<readonly Vote[]> {
    return Promise.all(this.endpoints.map((endpoint) => this.vote(endpoint, method, params)));
  }

  /** One that has it is enough; where none says so, one that did not answer may have it. */
  private async broadcast(method: string, params: readonly unknown[]): Promise<unknown> {
    const votes = await this.askAll(method, params);
    const taken = votes.find(({ error }) => error === undefined);
    if (taken !== undefined) return taken.answer;
    const errors = votes.flatMap(({ error }) => error ?? []);
    const known = errors.find((error) => broadcastFailure(error) === "known");
    throw known ?? errors.find((error) => error instanceof EndpointFailedError) ?? errors[0];
  }

  private async askOne(method: string, params: readonly unknown[]): Promise<unknown> {
    const failures: Vote[] = [];
    for (const endpoint of this.ordered()) {
      const vote = await this.vote(endpoint, method, params);
      if (vote.error === undefined) return vote.answer;
      const lags = vote.error instanceof EndpointAnswerError && isBehind(vote.error) && this.endpoints.length > 1;
      if (!(vote.error instanceof EndpointFailedError) && !lags) throw vote.error;
      failures.push(vote);
    }
    throw unreachable(method, failures);
  }

  private async agree(method: string, params: readonly unknown[]): Promise<unknown> {
    const numbers = new Map<unknown, string>();
    for (const tag of tagsIn(method, params)) numbers.set(tag, await this.numberOf(tag));
    const numbered = withNumbers(method, params, numbers);
    const ordered = this.ordered(Math.max(-1, ...[...numbers.values()].map(Number)));
    const ask = (endpoints: readonly Endpoint[]) =>
      Promise.all(endpoints.map((endpoint) => this.vote(endpoint, method, numbered)));
    const votes = await ask(ordered.slice(0, this.quorum));
    if (this.winner(votes) === undefined) votes.push(...(await ask(ordered.slice(this.quorum))));
    return this.count(method, votes);
  }

  private count(method: string, votes: readonly Vote[]): unknown {
    const winner = this.winner(votes);
    if (winner === undefined) throw this.undecided(method, votes);
    for (const { endpoint, essence } of votes) {
      // Who knows nothing of it yet has not said anything else.
      if (essence === undefined || essence === winner.essence || essence === "null") continue;
      endpoint.leaveAside();
      const text = `believe ${endpoint.name} about ${method}`;
      this.onEvent({ type: "hindered", text, reason: `${this.quorum} others say otherwise` });
    }
    if (winner.error !== undefined) throw winner.error;
    return winner.answer;
  }

  private winner(votes: readonly Vote[]): Vote | undefined {
    return votes.find(
      ({ essence }) =>
        essence !== undefined && votes.filter((other) => other.essence === essence).length >= this.quorum,
    );
  }

  private undecided(method: string, votes: readonly Vote[]): Error {
    const tooLong = votes.find(({ error }) => rangeRefusal(error) !== undefined);
    if (tooLong?.error !== undefined) return tooLong.error;
    if (votes.filter(({ essence }) => essence !== undefined).length < this.quorum) return unreachable(method, votes);
    return new RollupError("ENDPOINTS_DISAGREE", "The endpoints of the settlement layer contradict each other.", {
      method,
      endpoints: votes.map(({ endpoint }) => endpoint.name).join(", "),
      expected: `the same from ${this.quorum} of them`,
    });
  }

  /** The highest block that a quorum has, of those that endpoints call so. */
  private async numberOf(tag: Tag): Promise<string> {
    const [method, params] = tag === "latest" ? ["eth_blockNumber", []] : ["eth_getBlockByNumber", [tag, false]];
    const well = this.endpoints.filter(({ isWell }) => isWell);
    const asked = well.length < this.quorum ? this.endpoints : well;
    const votes = await Promise.all(asked.map((endpoint) => this.vote(endpoint, method, params)));
    const numbers: number[] = [];
    for (const { endpoint, answer, error } of votes) {
      if (error !== undefined || answer === null) continue;
      const number = Number(tag === "latest" ? answer : (answer as { number: string }).number);
      if (tag === "latest") endpoint.head = number;
      numbers.push(number);
    }
    numbers.sort((a, b) => b - a);
    if (numbers.length < this.quorum) throw unreachable(method, votes);
    return `0x${numbers[this.quorum - 1].toString(16)}`;
  }

  private async vote(endpoint: Endpoint, method: string, params: readonly unknown[]): Promise<Vote> {
    try {
      const answer = await endpoint.request(method, params);
      return { endpoint, answer, essence: essenceOf(method, answer) };
    } catch (error) {
      return { endpoint, error: error as Error, essence: essenceOfError(error) };
    }
  }

  /** Those that are well first, and of these those that are as far as what is asked for. */
  private ordered(head = -1): Endpoint[] {
    const rank = (endpoint: Endpoint): number => (endpoint.isWell ? 0 : 2) + (endpoint.head >= head ? 0 : 1);
    return [...this.endpoints].sort((a, b) => rank(a) - rank(b));
  }

  /** Tries again what failed for want of answers or of agreement: both may pass. */
  private async persist(method: string, ask: () => Promise<unknown>): Promise<unknown> {
    for (let tries = 0; ; tries++) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof RollupError) || tries >= this.retries) throw error;
        this.onEvent({ type: "hindered", text: `ask for ${method}`, reason: error.message.split("\n").join(" ") });
        await setTimeout(FIRST_PAUSE * 2 ** tries * (0.5 + Math.random()));
      }
    }
  }
}

function unreachable(method: string, votes: readonly Vote[]): RollupError {
  const said = votes.map(({ endpoint, error }) => `${endpoint.name}: ${reasonOf(error)}`);
  return new RollupError("ENDPOINTS_UNREACHABLE", "Too few endpoints of the settlement layer answer.", {
    method,
    said: said.join("; "),
    do: "see that they can be reached, or give others in `config.rollup.l1`",
  });
}

function reasonOf(error: Error | undefined): string {
  if (error instanceof EndpointFailedError) return error.reason;
  return error !== undefined ? error.message.split("\n")[0] : "it knows nothing of it";
}
