import { z } from "zod";

import type { Hex } from "../hex.js";

/** What members and their clients say to each other, as JSON; numbers are whole and times in seconds. */

const digits = (bytes: number): z.ZodType<Hex, string> =>
  z
    .string()
    .regex(new RegExp(`^0x[0-9a-fA-F]{${2 * bytes}}$`), `expected 0x and ${2 * bytes} hexadecimal digits`)
    .transform((text) => text.toLowerCase() as Hex);

const address = digits(20);
const word = digits(32);
const signature = digits(128);
const natural = z.int().nonnegative();
const bytes = z
  .string()
  .refine(
    (text) => text.length % 2 === 0 && /^0x[0-9a-fA-F]*$/.test(text),
    "expected 0x and pairs of hexadecimal digits",
  )
  .transform((text) => text.toLowerCase() as Hex);

/** `POST /v1/batches` */
export const batchRequest = z.strictObject({
  inbox: address,
  /** That the signature is for; the current one. */
  epoch: natural,
  /** Hash of the inbox's last input, zero if there is none. */
  lastInput: word,
  /** Until when the batch is kept. */
  expiry: natural,
  data: bytes,
  /** The sequencer's, see `BatchOrder`. */
  order: digits(65),
});
export type BatchRequest = z.output<typeof batchRequest>;

/** The answer to it. */
export const batchAnswer = z.object({ seat: natural, epoch: natural, signature, root: word, length: natural });
export type BatchAnswer = z.output<typeof batchAnswer>;

/** `POST /v1/assertions` */
export const assertionRequest = z.strictObject({
  rollup: address,
  /** That the signature is for. */
  epoch: natural,
  /** Id of the assertion that it stands on. */
  parent: word,
  stateHash: word,
  /** Hash of the last input that it covers. */
  lastInput: word,
});
export type AssertionRequest = z.output<typeof assertionRequest>;

/** The answer to it. */
export const signatureAnswer = z.object({ seat: natural, epoch: natural, signature });
export type SignatureAnswer = z.output<typeof signatureAnswer>;

/** The answer to `GET /v1/batches/{root}/words/{index}`. */
export const wordAnswer = z.object({
  root: word,
  /** Of the batch, in bytes. */
  length: natural,
  index: natural,
  word,
  /** The siblings from the leaf upwards, 32 bytes each. */
  siblings: bytes,
});
export type WordAnswer = z.output<typeof wordAnswer>;

/** The answer to `GET /v1/member`. */
export const memberAnswer = z.object({
  member: address,
  key: digits(256),
  committee: address,
  chainId: natural,
  epoch: natural,
  /** Null if it has none in this epoch. */
  seat: natural.nullable(),
  chains: z.array(z.object({ name: z.string(), inbox: address, rollup: address, inputs: natural, executed: natural })),
});
export type MemberAnswer = z.output<typeof memberAnswer>;

/** What every refusal says. */
export const refusal = z.object({ code: z.string(), message: z.string(), facts: z.record(z.string(), z.unknown()) });
export type Refusal = z.output<typeof refusal>;
