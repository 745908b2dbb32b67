import { expect } from "chai";
import { configVariable } from "hardhat/config";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";

import { resolveRollup } from "../../plugin/config/resolve.js";
import type { L1Config } from "../../plugin/config/types.js";
import { ConfigError } from "../../plugin/errors.js";
import hardhatRollup from "../../plugin/index.js";

const URLS = ["https://a.example.org/key", "https://b.example.org", "http://127.0.0.1:8545"];

function resolve(sepolia: unknown): L1Config {
  return resolveRollup({ l1: { sepolia } }, "/project").l1.sepolia;
}

function refusal(sepolia: unknown): string {
  try {
    resolve(sepolia);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("the configuration was accepted");
}

describe("the configuration of a settlement layer", () => {
  it("is the network's own address, asked for 10 seconds, where nothing is said", () => {
    expect(resolveRollup({}, "/project").l1).to.deep.equal({});
    const expected = { endpoints: [], quorum: 1, timeout: 10_000 };
    expect(resolve({})).to.deep.include(expected);
  });

  it("wants more than half of its endpoints to agree", async () => {
    for (const [count, quorum] of [
      [1, 1],
      [2, 2],
      [3, 2],
    ]) {
      expect(resolve({ endpoints: URLS.slice(0, count) }).quorum).to.equal(quorum);
    }
    const { endpoints } = resolve({ endpoints: URLS });
    expect(await Promise.all(endpoints.map((endpoint) => endpoint.getUrl()))).to.deep.equal(URLS);
  });

  const cases: readonly [string, unknown, string][] = [
    ["endpoints that are no addresses", { endpoints: ["a.example.org"] }, "endpoints[0]: expected the http address"],
    ["no endpoint", { endpoints: [] }, "endpoints: expected at least one endpoint"],
    ["a quorum of which there can be two", { endpoints: [...URLS, URLS[0]], quorum: 2 }, "quorum: expected 1, or more"],
    ["a quorum that cannot be had", { endpoints: URLS, quorum: 4 }, "quorum: expected 1, or more than half"],
    ["a finality that nobody knows", { finality: "soon" }, 'finality: expected "finalized", "safe", "latest"'],
    ["a head before the first block", { head: -1 }, 'head: expected "finalized"'],
    ["a timeout of nothing", { timeout: 0 }, "timeout: expected a duration above 0"],
    ["an empty range", { maxLogRange: 0 }, "maxLogRange: expected a whole number from 1"],
    ["what it does not know", { endpoint: URLS[0] }, "endpoint: expected no such key"],
  ];
  for (const [what, given, message] of cases) {
    it(`refuses ${what}`, () => {
      expect(refusal(given)).to.contain(`config.rollup.l1.sepolia.${message}`);
    });
  }

  it("may keep addresses elsewhere, which are read when they are needed", async () => {
    const name = "HARDHAT_ROLLUP_TEST_ENDPOINT";
    const l1 = { sepolia: { endpoints: [configVariable(name)], finality: 64 } };
    const hre = await createHardhatRuntimeEnvironment({ plugins: [hardhatRollup], rollup: { l1 } });
    const [endpoint] = hre.config.rollup.l1.sepolia.endpoints;
    process.env[name] = URLS[0];
    try {
      expect(await endpoint.getUrl()).to.equal(URLS[0]);
    } finally {
      delete process.env[name];
    }
  });
});
