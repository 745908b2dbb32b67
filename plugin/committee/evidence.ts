import { readFile } from "node:fs/promises";

import { z } from "zod";

import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import { conflict, type Certificate, type Statement } from "./statement.js";

/** A statement that members of one epoch have signed. */
export interface Signed {
  readonly epoch: bigint;
  readonly statement: Statement;
  readonly certificate: Certificate;
}

/** Two statements that no honest member signs both. */
export interface Evidence {
  readonly a: Signed;
  readonly b: Signed;
}

const hex = (bytes: number) =>
  z.string().regex(new RegExp(`^0x[0-9a-fA-F]{${2 * bytes}}$`), `0x and ${2 * bytes} digits`);
const bytes = (length: number) => hex(length).transform((text) => text.toLowerCase() as Hex);
const whole = z
  .union([z.int().min(0), z.string().regex(/^(\d+|0x[0-9a-fA-F]+)$/)], { error: "a whole number" })
  .transform((value) => BigInt(value));

const signed = z.object({
  epoch: whole,
  statement: z.object({
    purpose: z.literal([0, 1]),
    subject: bytes(20),
    parent: bytes(32),
    accumulator: bytes(32),
    value: bytes(32),
    expiry: whole,
  }),
  certificate: z.object({ signers: whole, signature: bytes(128) }),
});
const evidence = z.object({ a: signed, b: signed });

/** What was signed as plain JSON, as `readEvidence` takes it. */
export function signedToJson({ epoch, statement, certificate }: Signed): object {
  return {
    epoch: Number(epoch),
    statement: { ...statement, expiry: statement.expiry.toString() },
    certificate: { ...certificate, signers: `0x${certificate.signers.toString(16)}` },
  };
}

/**
 * Reads evidence: a file with two signed statements, `{ a, b }`, each as `rollup:attest --json` prints them.
 * @throws {RollupError} `EVIDENCE_UNREADABLE`, or `NO_CONFLICT` if an honest member could have signed both.
 */
export async function readEvidence(path: string): Promise<Evidence> {
  const text = await readFile(path, "utf8").catch((error: Error) => {
    throw new RollupError("EVIDENCE_UNREADABLE", "The evidence cannot be read.", { path }, error);
  });
  const { data, error } = evidence.safeParse(parse(text, path));
  if (error !== undefined) {
    const reason = error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
    throw new RollupError("EVIDENCE_UNREADABLE", "This is no evidence of two signed statements.", { path, reason });
  }
  if (conflict(data.a.statement, data.b.statement)) return data;
  throw new RollupError("NO_CONFLICT", "An honest member may sign both statements.", {
    path,
    expected: "statements that differ in their value alone: same purpose, subject, parent and accumulator",
  });
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RollupError("EVIDENCE_UNREADABLE", "The evidence is not JSON.", { path }, error as Error);
  }
}
