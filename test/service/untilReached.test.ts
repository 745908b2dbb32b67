import { expect } from "chai";

import { RollupError } from "../../plugin/errors.js";
import { untilReached } from "../../plugin/service/untilReached.js";

describe("beginning with a settlement layer that does not answer well", () => {
  const told: string[] = [];
  const patience = { milliseconds: 60_000, tell: (text: string) => void told.push(text) };

  beforeEach(() => told.splice(0));

  /** Fails some times, by an error each, and then gives how often it was tried. */
  function failing(errors: readonly Error[]): () => Promise<number> {
    let tries = 0;
    return () => {
      const error = errors[tries++];
      return error === undefined ? Promise.resolve(tries) : Promise.reject(error);
    };
  }

  it("is tried again, later each time, and each failure is told", async () => {
    const errors = [
      new RollupError("NETWORK_UNREACHABLE", "It does not answer."),
      new Error("An unexpected error occurred", { cause: new Error("socket hang up") }),
    ];
    expect(await untilReached("reading", failing(errors), patience)).to.equal(3);
    expect(told).to.deep.equal([
      "reading: It does not answer.; tried again in 0.5 s",
      "reading: An unexpected error occurred (socket hang up); tried again in 1 s",
    ]);
  });

  it("ends at once by what does not pass", async () => {
    const database = Object.assign(new Error("malformed"), { code: "ERR_SQLITE_ERROR" });
    for (const error of [new RollupError("DEPLOYMENT_STALE", "Another chain."), database, new TypeError("a fault")]) {
      expect(await untilReached("reading", failing([error]), patience).catch((thrown: unknown) => thrown)).to.equal(
        error,
      );
    }
    expect(told).to.deep.equal([]);
  });

  it("ends with what was tried and why it failed when the patience is at its end", async () => {
    const error = await untilReached("reading", failing(new Array<Error>(9).fill(new Error("status 500\nlong"))), {
      ...patience,
      milliseconds: 700,
    }).catch((thrown: unknown) => thrown as RollupError);
    expect(error).to.include({ code: "START_FAILED" });
    expect((error as RollupError).message)
      .to.contain("Reason: status 500\n")
      .and.contain("reading, for 0.7 s");
    expect(told).to.have.length(1);
  });
});
