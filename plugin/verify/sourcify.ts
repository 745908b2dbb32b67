import { setTimeout as sleep } from "node:timers/promises";

import * as z from "zod";

import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import type { Explorer, Verdict } from "./explorer.js";
import type { CompilerTask } from "./standardInput.js";

/** The public instance. */
export const SOURCIFY = "https://sourcify.dev/server";

const TIMEOUT_MILLISECONDS = 30_000;
const POLL_MILLISECONDS = 2_000;
const MOST_POLLS = 90;

const LOOKUP = z.object({ match: z.string().nullable() });
const SUBMITTED = z.object({ verificationId: z.string() });
const REFUSED = z.object({ customCode: z.string(), message: z.string() });
const JOB = z.object({
  isJobCompleted: z.boolean(),
  error: z.object({ customCode: z.string(), message: z.string() }).optional(),
  contract: z.object({ match: z.string().nullable() }).optional(),
});

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Sourcify's interface, version 2. It takes no key and keeps sources in the open; clones it recognizes by itself. */
export class Sourcify implements Explorer {
  public readonly name = "Sourcify";

  /** @param api Without a slash at its end. @param poll Milliseconds between questions for a verdict. */
  public constructor(
    private readonly api: string,
    private readonly chainId: bigint,
    private readonly poll: number = POLL_MILLISECONDS,
  ) {}

  public async isVerified(address: Hex): Promise<boolean> {
    const { status, body } = await this.ask(`/v2/contract/${this.chainId}/${address}`);
    return status !== 404 && this.parse(LOOKUP, body).match !== null;
  }

  public async verify(address: Hex, task: CompilerTask): Promise<Verdict> {
    const submission = {
      stdJsonInput: task.input,
      contractIdentifier: task.contract,
      compilerVersion: task.compiler,
    };
    const { status, body } = await this.ask(`/v2/verify/${this.chainId}/${address}`, submission);
    if (status < 400) return this.verdict(this.parse(SUBMITTED, body).verificationId);
    const { customCode, message } = this.parse(REFUSED, body);
    return { verified: customCode === "already_verified", message };
  }

  public link(): Promise<Verdict> {
    return Promise.resolve({ verified: true, message: "recognized by its code" });
  }

  private async verdict(id: string): Promise<Verdict> {
    for (let asked = 0; asked < MOST_POLLS; asked++) {
      const { body } = await this.ask(`/v2/verify/${id}`);
      const { isJobCompleted, error, contract } = this.parse(JOB, body);
      if (isJobCompleted && error !== undefined) return { verified: false, message: error.message };
      const match = contract?.match ?? undefined;
      if (isJobCompleted) return { verified: match !== undefined, message: match ?? "no match" };
      await sleep(this.poll);
    }
    return { verified: false, message: "still pending" };
  }

  private async ask(path: string, body?: object): Promise<Answer> {
    const url = `${this.api}${path}`;
    try {
      const sent = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
      const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
      const response = await fetch(url, body === undefined ? { signal } : { ...sent, signal });
      return { status: response.status, body: await response.json() };
    } catch (error) {
      throw new RollupError("EXPLORER_UNREACHABLE", "Sourcify does not answer.", { asked: url }, error as Error);
    }
  }

  private parse<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new RollupError("EXPLORER_UNREACHABLE", "Sourcify answers what nobody expects.", {
      given: JSON.stringify(body).slice(0, 200),
      api: this.api,
    });
  }
}
