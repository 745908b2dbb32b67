import { join } from "node:path";

import { expect } from "chai";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";

import hardhatRollup, { ConfigError, unchallenged } from "../../plugin/index.js";

describe("the plugin in a project's configuration", () => {
  it("resolves the chains that the project names", async () => {
    const hre = await createHardhatRuntimeEnvironment({
      plugins: [hardhatRollup],
      rollup: { chains: { first: { rule: unchallenged("3d") }, second: {} } },
    });
    expect(Object.keys(hre.config.rollup.chains)).to.deep.equal(["first", "second"]);
    expect(hre.config.rollup.chains.first.rule).to.deep.equal({ kind: "unchallenged", window: 259_200 });
  });

  it("asks for nothing: a project without chains has none", async () => {
    const hre = await createHardhatRuntimeEnvironment({ plugins: [hardhatRollup] });
    expect(hre.config.rollup.chains).to.deep.equal({});
  });

  it("remembers deployments under the project's root, or where it is told to", async () => {
    const plugins = [hardhatRollup];
    const ordinary = await createHardhatRuntimeEnvironment({ plugins });
    const { root } = ordinary.config.paths;
    expect(ordinary.config.rollup.deployments).to.equal(join(root, "deployments"));
    const told = await createHardhatRuntimeEnvironment({ plugins, rollup: { deployments: "kept/here" } });
    expect(told.config.rollup.deployments).to.equal(join(root, "kept/here"));
  });

  it("refuses a wrong value when the project is loaded, with the code CONFIG_INVALID", async () => {
    const refused = await createHardhatRuntimeEnvironment({
      plugins: [hardhatRollup],
      rollup: { chains: { demo: { bank: "soon" } } },
    }).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(ConfigError).with.property("code", "CONFIG_INVALID");
    expect((refused as ConfigError).message).to.match(/^config\.rollup\.chains\.demo\.bank: expected .*, got "soon"$/);
  });

  it("gives every connection its rollup, which names the only chain by default", async () => {
    const hre = await createHardhatRuntimeEnvironment({ plugins: [hardhatRollup], rollup: { chains: { only: {} } } });
    const connection = await hre.network.create();
    expect(connection.rollup.config().name).to.equal("only");
    expect(() => connection.rollup.config("none"))
      .to.throw("No chain of this name")
      .with.property("code", "CHAIN_UNKNOWN");
    await connection.close();
  });
});
