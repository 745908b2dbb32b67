import { expect } from "chai";

import { resolveRollup } from "../../plugin/config/resolve.js";
import type { NodeConfig } from "../../plugin/service/nodeConfig.js";
import { policyOf } from "../../plugin/service/manageAccounts.js";

const GWEI = 10n ** 9n;
const ETHER = 10n ** 18n;

function resolve(node: object): NodeConfig {
  return resolveRollup({ chains: { demo: { node } } }, "/project").chains.demo.node;
}

describe("the configuration of a node", () => {
  it("limits nothing but what is offered for gas, where nothing is said", () => {
    const { budget, ...fees } = resolve({}).spending;
    expect(Object.values(budget).filter((limit) => limit !== undefined)).to.deep.equal([]);
    const [usual, urgent] = [200n * GWEI, 2_000n * GWEI];
    expect(fees).to.deep.equal({
      ...{ maxFeePerGas: usual, urgentMaxFeePerGas: urgent },
      ...{ maxFeePerBlobGas: usual, urgentMaxFeePerBlobGas: urgent },
    });
  });

  it("becomes the policy by which accounts send, with the settlement layer's finality", () => {
    const given = { perDay: "1 ether", total: 20n * ETHER, bondsPerDay: "3 ether", maxFeePerGas: "50 gwei" };
    const policy = policyOf(resolve({ poll: 2, budget: given }), "safe");
    const budget = { feesPerDay: ETHER, fees: 20n * ETHER, valuePerDay: 3n * ETHER };
    expect(policy).to.deep.include({ budget, maxFeePerGas: 50n * GWEI, finality: "safe", pollEvery: 1_000 });
  });

  it("offers when a clock runs out no less than before", () => {
    expect(resolve({ budget: { maxFeePerGas: "3000 gwei" } }).spending.urgentMaxFeePerGas).to.equal(3_000n * GWEI);
  });

  const cases: readonly [string, object, string][] = [
    ["amounts without a unit", { perDay: "1" }, "perDay: expected an amount of ETH"],
    ["amounts below nothing", { total: -1n }, "total: expected an amount of ETH"],
    ["limits that it does not know", { perWeek: "1 ether" }, "perWeek: expected no such key"],
    ["offers that sink", { urgentMaxFeePerGas: "1 gwei" }, "urgentMaxFeePerGas: expected at least maxFeePerGas"],
  ];
  for (const [what, budget, message] of cases) {
    it(`refuses ${what}`, () => {
      expect(() => resolve({ budget })).to.throw(`config.rollup.chains.demo.node.budget.${message}`);
    });
  }
});
