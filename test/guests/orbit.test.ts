import { expect } from "chai";

import { buildGuest } from "../../plugin/guests/build.js";
import { bytesToHex, wordOf, type Hex } from "../../plugin/hex.js";
import { GuestPair } from "../helpers/guestPair.js";
import { inputOf } from "../helpers/inputs.js";

const INTERVAL = 1 / 64;

/** The planet by JavaScript's numbers, which are doubles, too. */
class Planet {
  private x = 1;
  private y = 0;
  private speedX = 0;
  private speedY = 1;

  move(steps: number): void {
    for (let count = 0; count < steps; count++) {
      this.accelerate(INTERVAL / 2);
      this.x += this.speedX * INTERVAL;
      this.y += this.speedY * INTERVAL;
      this.accelerate(INTERVAL / 2);
    }
  }

  get distance(): number {
    return Math.sqrt(this.x * this.x + this.y * this.y);
  }

  get root(): Hex {
    const view = new DataView(new ArrayBuffer(32));
    [this.x, this.y, this.speedX, this.speedY].forEach((value, index) => view.setFloat64(8 * index, value));
    return bytesToHex(new Uint8Array(view.buffer));
  }

  private accelerate(interval: number): void {
    const radius = this.distance;
    const pull = interval / (radius * radius * radius);
    this.speedX -= this.x * pull;
    this.speedY -= this.y * pull;
  }
}

describe("the orbit, which computes with floats", () => {
  it("is where V8's floats, the machine's and JavaScript's say, to the last bit, after every input", async () => {
    const pair = await GuestPair.of(await buildGuest("orbit"));
    const planet = new Planet();
    for (const steps of [0, 1, 2, 77, 402, 1000]) {
      planet.move(steps);
      const { outcome, logs, outputRoot } = pair.handle(inputOf({ kind: "message", data: wordOf(BigInt(steps)) }));
      const millionths = BigInt(Math.trunc(planet.distance * 1e6));
      const expected = { outcome: "returned", logs: [bytesToHex(wordOf(millionths))], outputRoot: planet.root };
      expect({ outcome, logs, outputRoot }, `${steps} steps`).to.deep.equal(expected);
    }
    expect(planet.distance).to.be.within(0.99, 1.01);
  });

  it("rejects more steps than a message's budget is enough for, and inputs of another form", async () => {
    const pair = await GuestPair.of(await buildGuest("orbit"));
    const bad = [{ data: wordOf(1001n) }, { data: new Uint8Array(31) }, { kind: "deposit", data: wordOf(1n) }] as const;
    for (const parts of bad) expect(pair.handle(inputOf(parts)).outcome).to.equal("rejected");
  });
});
