import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { resolveChain } from "../../plugin/config/resolve.js";
import type { ChainUserConfig } from "../../plugin/config/types.js";
import { preflight, requireSuitable } from "../../plugin/preflight/preflight.js";
import { LOOP } from "../helpers/chains.js";

type Hardfork = "shanghai" | "cancun" | "prague" | "osaka";

describe("what a settlement layer lacks", () => {
  async function look(parts: ChainUserConfig, connection: NetworkConnection) {
    const config = resolveChain("test", parts, import.meta.dirname);
    return preflight({ connection, config, program: LOOP }, "nowhere");
  }

  /** The first words of what is not there, on a network of an older fork. */
  async function lacking(parts: ChainUserConfig, hardfork: Hardfork): Promise<string[]> {
    const { checks } = await look(parts, await network.create({ network: "default", override: { hardfork } }));
    return checks.filter(({ result }) => result !== "ok").map(({ name }) => name.split(" (")[0]);
  }

  it("is nothing on a network that has all", async () => {
    expect(await lacking({ mode: "rollup" }, "osaka")).to.deep.equal([]);
    expect(await lacking({ mode: "anytrust" }, "osaka")).to.deep.equal([]);
  });

  it("is found by executing it, for what the chain needs and nothing else", async () => {
    expect(await lacking({ mode: "anytrust" }, "prague")).to.deep.equal(["instructions of Osaka"]);
    expect(await lacking({ mode: "rollup", history: "calldata", sources: ["calldata"] }, "shanghai")).to.deep.equal([
      "instructions of Osaka",
    ]);
    expect(await lacking({ mode: "rollup", history: "calldata" }, "shanghai")).to.deep.equal([
      "instructions of Osaka",
      "blobs",
      "point evaluation",
    ]);
    expect(await lacking({ mode: "anytrust" }, "cancun")).to.deep.equal([
      "instructions of Osaka",
      "BLS12-381",
      "hashes of blocks",
    ]);
  });

  it("is refused before anything is spent, by its name", async () => {
    const connection = await network.create({ network: "default", override: { hardfork: "cancun" } });
    const found = await look({ mode: "anytrust" }, connection);
    expect(() => requireSuitable(found, "old"))
      .to.throw(/"old" lacks what the chain needs[^]*BLS12-381[^]*not there/)
      .with.property("code", "NETWORK_UNSUITABLE");
    expect(await connection.ethers.provider.getBlockNumber()).to.equal(0);
  });

  it("may be ETH: of who deploys, or of who will have to leave bonds, by account and what for", async () => {
    const connection = await network.create();
    const { ethers, provider } = connection;
    const [deployer, , asserter] = await ethers.getSigners();
    const parts = { history: "calldata", accounts: { asserter: 2, challenger: 2 }, bonds: { claims: "1 ether" } };
    await provider.request({ method: "hardhat_setBalance", params: [asserter.address, "0x1"] });
    const { checks, fee } = await look(parts, connection);
    const short = checks.find(({ name }) => name === `asserter, challenger ${asserter.address}`);
    expect(short).to.include({ result: "lacking", found: "1 wei" });
    expect(short?.needed).to.match(/^8\.1\d* ETH: 0\.1 ETH bond, 8 ETH bonds$/);
    await provider.request({
      method: "hardhat_setBalance",
      params: [deployer.address, `0x${(fee - 1n).toString(16)}`],
    });
    const { checks: poor } = await look(parts, connection);
    expect(poor.find(({ name }) => name.startsWith("deployer"))).to.include({ result: "impossible" });
  });
});
