import type { Hex } from "../hex.js";
import type { AssertionStatus } from "../node/assertions.js";
import { TestChain } from "./testChain.js";

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace Chai {
    interface Assertion {
      /** `await expect(chain).to.have.confirmed(assertion)` */
      confirmed(assertion: Hex): Promise<void>;
      /** A claim against it stands, so that it is rejected. */
      countered(assertion: Hex): Promise<void>;
      /** `await expect(chain).to.have.openClaims(0)`: claims that are not decided, in all disputes. */
      openClaims(count: number): Promise<void>;
    }
  }
}

/** Chai matchers for chains: `chai.use(rollupMatchers)`. */
export function rollupMatchers(chai: Chai.ChaiStatic, utils: Chai.ChaiUtils): void {
  const add = (name: string, check: (this: Chai.AssertionStatic, given: never) => Promise<void>): void =>
    utils.addMethod(chai.Assertion.prototype, name, check);
  add("confirmed", function (this: Chai.AssertionStatic, id: Hex) {
    return checkStatus(this, id, "confirmed", ["confirmed"]);
  });
  add("countered", function (this: Chai.AssertionStatic, id: Hex) {
    return checkStatus(this, id, "countered", ["countered"]);
  });
  add("openClaims", async function (this: Chai.AssertionStatic, count: number) {
    const { node } = chainOf(this);
    await node.sync();
    const open = node.claims.all().filter(({ status }) => status === "open").length;
    const [expected, unexpected] = [
      "expected #{exp} open claims, found #{act}",
      "expected not to find #{act} open claims",
    ];
    this.assert(open === count, expected, unexpected, count, open);
  });
}

async function checkStatus(
  assertion: Chai.AssertionStatic,
  id: Hex,
  name: string,
  good: readonly AssertionStatus[],
): Promise<void> {
  const { node } = chainOf(assertion);
  await node.sync();
  const { status } = node.assertions.get(id);
  const [expected, unexpected] = [`to be ${name}, it is ${status}`, `not to be ${name}`];
  const subject = `expected assertion ${id.slice(0, 10)}`;
  assertion.assert(good.includes(status), `${subject} ${expected}`, `${subject} ${unexpected}`, name, status);
}

function chainOf(assertion: Chai.AssertionStatic): TestChain {
  const subject: unknown = assertion._obj;
  if (subject instanceof TestChain) return subject;
  throw new TypeError("These matchers speak of a chain that connection.rollup.deploy made.");
}
