import { z } from "zod";

import type { Hex } from "../../hex.js";
import { QUERY_LIMITS } from "../userQueries.js";

/** What users may ask of a node, as JSON and in paths. */

const digits = (bytes: number): z.ZodType<Hex, string> =>
  z
    .string()
    .regex(new RegExp(`^0x[0-9a-fA-F]{${2 * bytes}}$`), `expected 0x and ${2 * bytes} hexadecimal digits`)
    .transform((text) => text.toLowerCase() as Hex);

const bytes = z
  .string()
  .refine(
    (text) => text.length % 2 === 0 && /^0x[0-9a-fA-F]*$/.test(text),
    "expected 0x and pairs of hexadecimal digits",
  )
  .transform((text) => text.toLowerCase() as Hex);

const natural = z
  .string()
  .regex(/^\d{1,18}$/, "expected a whole number")
  .transform(BigInt);

/** `POST /v1/transactions` */
export const transactionRequest = z.strictObject({ data: bytes });
/** `POST /v1/query` */
export const queryRequest = z.strictObject({
  data: bytes,
  /** The most steps that the answer may take. */
  steps: z.int().min(1).max(QUERY_LIMITS.steps).optional(),
});
export const hashPath = z.object({ hash: digits(32) });
export const addressPath = z.object({ address: digits(20) });
export const accountQuery = z.object({ token: digits(20).optional() });
export const indexPath = z.object({ index: natural });
export const withdrawalsQuery = z.object({
  /** To whom; to anybody if absent. */
  account: digits(20).optional(),
  limit: z
    .string()
    .regex(/^\d{1,4}$/, "expected a whole number below 10000")
    .transform(Number)
    .optional(),
  /** Only those with a lower index: the next page goes on before the last index of the one before. */
  before: natural.optional(),
});
export const assertionPath = z.object({ assertion: digits(32) });
