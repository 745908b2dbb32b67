import { expect } from "chai";
import { ZeroAddress, ZeroHash } from "ethers";

import { chainConfig, settlementFixture } from "../helpers/settlement.js";

const deploy = settlementFixture();

async function start() {
  const chain = await deploy();
  const machine = await chain.machine.getAddress();
  const config = await chainConfig(chain.options, chain.parts, machine, chain.rule, chain.sequencer.address);
  const { factory } = chain.parts;
  const attempt = (change: Partial<Record<keyof typeof config, unknown>>) =>
    expect(factory.createChain({ ...config, ...change } as typeof config)).to.be;
  return { chain, factory, config, attempt };
}

describe("RollupFactory", () => {
  it("makes a chain that says of itself what it was made from", async () => {
    const { chain, config } = await start();
    const parameters = await chain.rollup.parameters();
    expect([parameters.inbox, parameters.machine]).to.deep.equal([await chain.inbox.getAddress(), config.machine]);
    expect([parameters.rule, parameters.history]).to.deep.equal([config.rule, config.history]);
    expect([parameters.inputBits, parameters.stepBits, parameters.width]).to.deep.equal([6n, 6n, 6n]);
    expect([parameters.bank, parameters.minResponse]).to.deep.equal([BigInt(config.bank), BigInt(config.minResponse)]);
    expect([parameters.burnedShare, parameters.proverShare]).to.deep.equal([1000n, 500n]);
    expect(parameters.windows).to.equal(BigInt(chain.options.window));
    expect(parameters.program).to.equal(config.program);
    expect([parameters.maxInputs, parameters.assertionBond]).to.deep.equal([64n, config.assertionBond]);
    expect(await chain.rollup.levels()).to.equal(2n);
    expect([await chain.rollup.claimBond(1), await chain.rollup.claimBond(2)]).to.deep.equal(config.claimBonds);
    await expect(chain.rollup.claimBond(3)).to.be.revertedWithCustomError(chain.rollup, "IndexOutOfRange");
    await expect(chain.rollup.claimBond(0)).to.be.revertedWithCustomError(chain.rollup, "IndexOutOfRange");
    expect(await chain.inbox.sequencer()).to.equal(config.sequencer);
    expect(await chain.inbox.bridge()).to.equal(await chain.bridge.getAddress());
    expect([...(await chain.inbox.sources())]).to.deep.equal(config.sources);
    expect(await chain.inbox.messageSource()).to.equal(config.messageSource);
    expect([await chain.inbox.batchBudget(), await chain.inbox.messageBudget()]).to.deep.equal([60n, 20n]);
    expect(await chain.inbox.forceInclusionAfter()).to.equal(BigInt(config.forceInclusionAfter));
    expect(await chain.bridge.rollup()).to.equal(await chain.rollup.getAddress());
    expect(await chain.messenger.rollup()).to.equal(await chain.rollup.getAddress());
    expect(await chain.bridge.inbox()).to.equal(await chain.inbox.getAddress());
  });

  it("refuses numbers with which disputes could not be finished", async () => {
    const { factory, attempt } = await start();
    for (const [change, field, given, minimum, maximum] of [
      [{ maxInputs: 65 }, "maxInputs", 65, 1, 64],
      [{ maxInputs: 0 }, "maxInputs", 0, 1, 64],
      [{ bank: 2 ** 24 }, "bank", 2 ** 24, 1, 2 ** 24 - 1],
      [{ bank: 0 }, "bank", 0, 1, 2 ** 24 - 1],
      [{ minResponse: 3 * 86400 }, "minResponse", 3 * 86400, 1, 2 * 86400],
      [{ minResponse: 0 }, "minResponse", 0, 1, 2 * 86400],
      [{ batchBudget: 64 }, "batchBudget", 64, 1, 63],
      [{ batchBudget: 0 }, "batchBudget", 0, 1, 63],
      [{ messageBudget: 64 }, "messageBudget", 64, 1, 63],
      [{ messageBudget: 0 }, "messageBudget", 0, 1, 63],
      [{ burnedShare: 10_001 }, "burnedShare", 10_001, 0, 10_000],
      [{ proverShare: 9_001 }, "proverShare", 9_001, 0, 9_000],
      [{ stepBits: 60 }, "stepBits", 60, 6, 54],
      [{ inputBits: 66 }, "inputBits", 66, 0, 60],
      [{ stepBits: 0 }, "stepBits", 0, 6, 54],
    ] as const) {
      await attempt(change).revertedWithCustomError(factory, "OutOfRange").withArgs(field, given, minimum, maximum);
    }
    await attempt({ inputBits: 7 }).revertedWithCustomError(factory, "NotMultipleOfWidth").withArgs("inputBits", 7, 6);
    await attempt({ stepBits: 10 }).revertedWithCustomError(factory, "NotMultipleOfWidth").withArgs("stepBits", 10, 6);
    await attempt({ claimBonds: [1, 2, 3] })
      .revertedWithCustomError(factory, "WrongNumberOfBonds")
      .withArgs(3, 2);
  });

  it("refuses parts that are not there", async () => {
    const { chain, factory, attempt } = await start();
    const nobody = chain.people[0].address;
    for (const field of ["machine", "rule", "history", "messageSource"] as const) {
      await attempt({ [field]: nobody })
        .revertedWithCustomError(factory, "NoContract")
        .withArgs(field, nobody);
    }
    await attempt({ sources: [nobody] })
      .revertedWithCustomError(factory, "NoContract")
      .withArgs("sources", nobody);
    await attempt({ sources: [] }).revertedWithCustomError(factory, "NoSources");
    await attempt({ sequencer: ZeroAddress }).revertedWithCustomError(factory, "ZeroSequencer");
    await expect(chain.ethers.deployContract("RollupFactory", [nobody, nobody, nobody, nobody]))
      .to.be.revertedWithCustomError(factory, "NoContract")
      .withArgs("inbox", nobody);
  });

  it("refuses a genesis that is not a machine's first wait", async () => {
    const { factory, config, attempt } = await start();
    const { genesis } = config;
    await attempt({ genesis: { ...genesis, inputCount: 1n } })
      .revertedWithCustomError(factory, "GenesisNotWaiting")
      .withArgs(ZeroHash, 1, 0);
    await attempt({ genesis: { ...genesis, deadline: 1n } }).revertedWithCustomError(factory, "GenesisNotWaiting");
    await attempt({ genesis: { ...genesis, checkpoint: `0x${"01".repeat(32)}` } }).revertedWithCustomError(
      factory,
      "GenesisNotWaiting",
    );
    const rejections = `0x${"02".repeat(32)}`;
    await attempt({ genesis: { ...genesis, rejections } })
      .revertedWithCustomError(factory, "GenesisRejects")
      .withArgs(rejections);
  });
});
