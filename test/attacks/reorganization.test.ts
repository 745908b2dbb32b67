import { expect } from "chai";
import { Interface, type Provider } from "ethers";

import { EventReader } from "../../plugin/node/eventReader.js";

const EVENTS = new Interface(["event Said(uint256 number)"]);
const ADDRESS = `0x${"aa".repeat(20)}` as const;

/** A settlement layer of one block that is replaced after so many questions. */
class ReplacedLayer {
  private asked = 0;

  public constructor(private readonly replacedAfter: number) {}

  public getBlock(): Promise<{ number: number; hash: string; timestamp: number }> {
    return Promise.resolve({ number: 1, hash: this.fork(), timestamp: 1 });
  }

  public getBlockNumber(): Promise<number> {
    this.fork();
    return Promise.resolve(1);
  }

  public getLogs(): Promise<unknown[]> {
    const blockHash = this.fork();
    const log = EVENTS.encodeEventLog("Said", [blockHash === "old" ? 1 : 2]);
    return Promise.resolve([{ ...log, address: ADDRESS, blockNumber: 1, blockHash, transactionHash: "0x" }]);
  }

  private fork(): string {
    return this.asked++ < this.replacedAfter ? "old" : "new";
  }
}

describe("a reorganization of the settlement layer while its events are read", () => {
  for (let questions = 0; questions <= 6; questions++) {
    it(`is noticed, or what was read is what is there, when it comes after ${questions} questions`, async () => {
      const layer = new ReplacedLayer(questions) as unknown as Provider;
      const reader = new EventReader(layer, new Map([[ADDRESS, EVENTS]]), 1);
      const [said] = (await reader.read()).map(({ description }) => Number(description.args[0]));
      for (let settled = 0; settled < 6; settled++) await layer.getBlockNumber();
      const again = await reader.read().then(
        () => "nothing new",
        (error: unknown) => (error as { code: string }).code,
      );
      if (said !== 2) expect(again).to.equal("REORGANIZED");
      else expect(["nothing new", "REORGANIZED"]).to.include(again);
    });
  }
});
