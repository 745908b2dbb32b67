import { expect } from "chai";
import fc from "fast-check";

import { buildGuest } from "../../plugin/guests/build.js";
import { bytesToHex, wordOf } from "../../plugin/hex.js";
import type { Input } from "../../plugin/input.js";
import { addressOf, inputFor, scenario } from "../helpers/ledgerScenario.js";
import { inputOf } from "../helpers/inputs.js";
import { LedgerModel } from "../helpers/ledgerModel.js";
import { V8Guest } from "../helpers/v8Guest.js";

/** Handles an input on V8 and in the model, and compares all that can be seen. */
function expectAgreement(guest: V8Guest, model: LedgerModel, input: Input): void {
  const expected = model.handle(input);
  const outcome = guest.handle(input);
  const logs = guest.logs.map(({ data }) => bytesToHex(data));
  expect({ outcome, logs, outputRoot: guest.outputRoot }).to.deep.equal({ ...expected, outputRoot: model.outputRoot });
}

/** Asks both for every account of the scenarios. */
function expectSameAccounts(guest: V8Guest, model: LedgerModel): void {
  for (let actor = 0; actor <= 4; actor++) {
    expectAgreement(guest, model, inputOf({ kind: "message", data: wordOf(BigInt(addressOf(actor))) }));
  }
}

describe("ledger", () => {
  let bytes: Uint8Array;

  before(async () => {
    bytes = await buildGuest("ledger");
  });

  it("does what its model does, whatever comes", async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (events) => {
        const guest = await V8Guest.of(bytes);
        const model = new LedgerModel();
        const inputs: Input[] = [];
        for (const event of events) {
          inputs.push(inputFor(event, model, inputs));
          expectAgreement(guest, model, inputs[inputs.length - 1]);
        }
        expectSameAccounts(guest, model);
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});
