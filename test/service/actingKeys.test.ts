import { expect } from "chai";

import type { Hex } from "../../plugin/hex.js";
import { actingKeys, type ActingAccounts } from "../../plugin/service/actingKeys.js";

const [KNOWN, UNKNOWN] = ["0xaa", "0xbb"] as const;
const keyOf = (account: Hex): Promise<Hex | undefined> => Promise.resolve(account === KNOWN ? "0x01" : undefined);

describe("the keys of who acts for a node", () => {
  const refusal = (accounts: ActingAccounts, blobClaims: boolean): Promise<unknown> =>
    actingKeys(accounts, keyOf, blobClaims).then(
      () => undefined,
      (error: unknown) => error,
    );

  it("are those that are known", async () => {
    const keys = await actingKeys({ sequencer: KNOWN, asserter: UNKNOWN, challenger: UNKNOWN }, keyOf, false);
    expect([...keys]).to.deep.equal([[KNOWN, "0x01"]]);
  });

  it("must be known of a sequencer, who might post a batch twice", async () => {
    const error = (await refusal({ sequencer: UNKNOWN }, false)) as Error;
    expect(error).to.include({ code: "ACCOUNT_KEY_MISSING" });
    expect(error.message).to.contain(UNKNOWN).and.to.contain("--roles").and.to.contain("posted twice");
  });

  it("must be known of a challenger whose claims are blobs", async () => {
    expect(await refusal({ challenger: UNKNOWN }, true)).to.include({ code: "ACCOUNT_KEY_MISSING" });
    expect(await refusal({ challenger: KNOWN }, true)).to.equal(undefined);
    expect(await refusal({ asserter: UNKNOWN }, true)).to.equal(undefined);
  });
});
