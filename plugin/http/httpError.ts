import { RollupError } from "../errors.js";

/** HTTP statuses of refusals. `Busy` and `NotYet` alone are worth asking again: time may change the answer. */
export const Status = {
  BadRequest: 400,
  Forbidden: 403,
  NotFound: 404,
  Conflict: 409,
  TooLarge: 413,
  Unsupported: 415,
  Unprocessable: 422,
  Busy: 429,
  Internal: 500,
  NotYet: 503,
} as const;
export type Status = (typeof Status)[keyof typeof Status];

/** Why a server does not do what it is asked: sent as `{ code, message, facts }`. */
export class HttpError extends RollupError {
  public constructor(
    public readonly status: Status,
    code: string,
    public readonly sentence: string,
    facts: Readonly<Record<string, unknown>> = {},
  ) {
    super(code, sentence, facts);
  }
}
