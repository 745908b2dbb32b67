import { setTimeout } from "node:timers/promises";

import type { z } from "zod";

import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import type { BatchPlace } from "./batchPlace.js";
import { describeIssues } from "../http/describeIssues.js";
import { Status } from "../http/httpError.js";
import { retryAfter } from "../http/retryAfter.js";
import { memberAnswer, refusal, wordAnswer, type MemberAnswer, type WordAnswer } from "./wire.js";

/** The longest answer that is read, beside batches, in bytes. */
const MAX_ANSWER = 2 ** 16;
/** How long to wait before a member that asks for patience and does not say for how long is asked again, in milliseconds. */
const PATIENCE = 200;
/** Time may change these answers. */
const PASSING: readonly number[] = [Status.Busy, Status.NotYet];

/** One member, spoken to over HTTP. Whatever it answers is read with limits, and believed by nobody before it is checked. */
export class MemberClient implements BatchPlace {
  public constructor(
    public readonly member: Hex,
    public readonly url: string,
    /** How long a request for data may take, in milliseconds. */
    private readonly timeout = 10_000,
  ) {}

  public get name(): string {
    return `member ${this.member} (${this.url})`;
  }

  /** Who it says it is. */
  public identity(): Promise<MemberAnswer> {
    return this.json(memberAnswer, "/v1/member", { signal: AbortSignal.timeout(this.timeout) });
  }

  /** The bytes under `root` as this member gives them: at most one more than `length`. */
  public async get(root: Hex, length: bigint, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    const timeout = AbortSignal.timeout(this.timeout);
    const until = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
    const response = await this.fetch(`/v1/batches/${root}`, { signal: until });
    if (response.status === 404) {
      await response.body?.cancel();
      return undefined;
    }
    if (!response.ok) throw await refused(response);
    return readAtMost(response, Number(length) + 1);
  }

  /** A word of a batch and its proof, as this member gives them. */
  public word(root: Hex, index: number): Promise<WordAnswer> {
    return this.json(wordAnswer, `/v1/batches/${root}/words/${index}`, { signal: AbortSignal.timeout(this.timeout) });
  }

  /**
   * Posts JSON, again and again while the member says that it cannot answer yet, or is asked too much: when it wants to be asked.
   * @throws {RollupError} `MEMBER_REFUSED` with the member's own words, `MEMBER_ANSWER_INVALID`, `MEMBER_UNREACHABLE`.
   */
  public async post<T extends z.ZodType>(
    answer: T,
    path: string,
    body: string,
    signal: AbortSignal,
  ): Promise<z.output<T>> {
    const headers = { "content-type": "application/json" };
    for (;;) {
      try {
        return await this.json(answer, path, { method: "POST", body, headers, signal });
      } catch (error) {
        if (!(error instanceof MemberRefusedError) || !PASSING.includes(error.status)) throw error;
        await setTimeout(error.retryAfter ?? PATIENCE, undefined, { signal }).catch(() => Promise.reject(error));
      }
    }
  }

  private async json<T extends z.ZodType>(schema: T, path: string, request: RequestInit): Promise<z.output<T>> {
    const response = await this.fetch(path, request);
    if (!response.ok) throw await refused(response);
    const { data, error } = schema.safeParse(parse(await readAtMost(response, MAX_ANSWER)));
    if (error === undefined) return data;
    throw new RollupError("MEMBER_ANSWER_INVALID", `It gave an answer that cannot be read: ${describeIssues(error)}.`);
  }

  private async fetch(path: string, request: RequestInit): Promise<Response> {
    try {
      return await fetch(this.url.replace(/\/$/, "") + path, { ...request, redirect: "error" });
    } catch (error) {
      throw new RollupError("MEMBER_UNREACHABLE", `It does not answer: ${reasonOf(error as Error)}.`);
    }
  }
}

/** A member says why it does not. */
export class MemberRefusedError extends RollupError {
  /** @param refusedWith The member's code for it. */
  public constructor(
    public readonly status: number,
    public readonly refusedWith: string,
    message: string,
    /** When it wants to be asked again, in milliseconds. */
    public readonly retryAfter: number | undefined,
  ) {
    super("MEMBER_REFUSED", message);
  }
}

async function refused(response: Response): Promise<MemberRefusedError> {
  const after = retryAfter(response);
  const { data } = refusal.safeParse(parse(await readAtMost(response, MAX_ANSWER)));
  if (data === undefined) return new MemberRefusedError(response.status, "", `It answered ${response.status}.`, after);
  const facts = Object.entries(data.facts).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  const told = `It refuses, ${data.code}: ${data.message} ${facts.join(", ")}`;
  return new MemberRefusedError(response.status, data.code, told.trim(), after);
}

/** A body's bytes. @throws {RollupError} `MEMBER_ANSWER_INVALID` if there are more than `maximum`. */
async function readAtMost(response: Response, maximum: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const part of response.body ?? []) {
      parts.push(part as Uint8Array);
      length += (part as Uint8Array).length;
      if (length > maximum) break;
    }
  } catch (error) {
    throw new RollupError("MEMBER_UNREACHABLE", `It stopped in its answer: ${reasonOf(error as Error)}.`);
  }
  if (length <= maximum) return new Uint8Array(Buffer.concat(parts));
  throw new RollupError("MEMBER_ANSWER_INVALID", `It gave more than ${maximum} bytes.`);
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}

function reasonOf({ message, cause }: Error): string {
  const { message: below = "", code = "" } = (cause ?? {}) as { message?: string; code?: string };
  return below || code ? `${message} (${below || code})` : message;
}
