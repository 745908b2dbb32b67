import { expect } from "chai";
import { concat, keccak256 } from "ethers";
import fc from "fast-check";

import { ZERO_WORD, type Hex } from "../../plugin/hex.js";
import { hashInputHeader, INPUT_KINDS, type Input } from "../../plugin/input.js";
import { ETHER, settle } from "../helpers/outputs.js";
import { settlementFixture, type Settlement } from "../helpers/settlement.js";

/** So few steps that no message of more than a word is handled: every deposit is restored. */
const deploy = settlementFixture({ messageBudget: 3n });

const LONG: Hex = `0x${"12".repeat(64)}`;

const link = (earlier: string, inputHash: string): Hex => keccak256(concat([earlier, inputHash])) as Hex;

/** A header as contracts take it. */
const fieldsOf = ({ header }: Input) => ({ ...header, kind: INPUT_KINDS.indexOf(header.kind) });

/** The chain of the inputs that are no batches. */
async function chainOf(chain: Settlement) {
  const inputs = (await chain.inputs()).filter(({ header }) => header.kind !== "batch");
  const hashes = inputs.map(({ header }) => hashInputHeader(header));
  const links = [ZERO_WORD];
  for (const hash of hashes) links.push(link(links[links.length - 1], hash));
  return { inputs, hashes, links };
}

/** Two deposits and a message between them, all rejected in a state. */
async function start() {
  const chain = await deploy();
  const [alice, bob] = chain.people;
  const token = await chain.ethers.deployContract("OddToken");
  await token.mint(bob.address, 50n);
  await token.connect(bob).approve(chain.bridge, 50n);
  await chain.bridge.connect(alice).deposit(bob.address, { value: 1_000n });
  await chain.inbox.connect(alice).sendMessage(LONG);
  await chain.bridge.connect(bob).depositToken(token, alice.address, 50n);
  const settled = await settle(chain, []);
  return { chain, alice, bob, token, ...settled, ...(await chainOf(chain)) };
}

describe("A deposit that the guest rejects", () => {
  it("is paid back to its depositor, once, when a confirmed state says that it changed nothing", async () => {
    const { chain, alice, bob, token, id, state, inputs, hashes, links, confirm } = await start();
    const { bridge } = chain;
    expect(state.rejections).to.equal(links[3]);
    await expect(bridge.vouch(id, state, links[1], hashes.slice(1)))
      .to.be.revertedWithCustomError(bridge, "AssertionNotConfirmed")
      .withArgs(id);
    await confirm();
    const reclaim = (at: number) => bridge.reclaim(fieldsOf(inputs[at]), inputs[at].data, links[at]);
    await expect(reclaim(0)).to.be.revertedWithCustomError(bridge, "WrongRejections").withArgs(links[1]);
    await expect(bridge.vouch(id, state, links[1], hashes.slice(1)))
      .to.emit(bridge, "Vouched")
      .withArgs(links[1]);
    await expect(reclaim(0)).to.changeEtherBalances(chain.ethers, [alice, bridge], [1_000n, -1_000n]);
    await expect(reclaim(0)).to.be.revertedWithCustomError(bridge, "AlreadyReclaimed").withArgs(0);
    expect([await bridge.isReclaimed(0), await bridge.isReclaimed(2)]).to.deep.equal([true, false]);
    await bridge.vouch(id, state, state.rejections, []);
    await expect(reclaim(2))
      .to.emit(bridge, "Reclaimed")
      .withArgs(2, bob.address, await token.getAddress(), 50, bob.address);
    expect(await token.balanceOf(bob.address)).to.equal(50n);
    expect([await bridge.held(ETHER), await bridge.held(token)]).to.deep.equal([0n, 0n]);
  });

  it("is paid to somebody else where the depositor itself says so", async () => {
    const { chain, alice, bob, id, state, inputs, hashes, links, confirm } = await start();
    await confirm();
    await chain.bridge.vouch(id, state, links[1], hashes.slice(1));
    const given = [fieldsOf(inputs[0]), inputs[0].data, links[0], bob.address] as const;
    await expect(chain.bridge.connect(bob).reclaimTo(...given))
      .to.be.revertedWithCustomError(chain.bridge, "NotOwner")
      .withArgs(bob.address, alice.address);
    await expect(chain.bridge.connect(alice).reclaimTo(...given)).to.changeEtherBalance(chain.ethers, bob, 1_000n);
    await expect(chain.bridge.reclaim(...(given.slice(0, 3) as [never, never, never]))).to.be.revertedWithCustomError(
      chain.bridge,
      "AlreadyReclaimed",
    );
  });

  it("is not paid for another input, other bytes, a message, or a link of no chain", async () => {
    const { chain, id, state, inputs, hashes, links, confirm } = await start();
    await confirm();
    const { bridge } = chain;
    for (let at = 0; at < 3; at++) await bridge.vouch(id, state, links[at + 1], hashes.slice(at + 1));
    const header = fieldsOf(inputs[0]);
    await expect(bridge.reclaim(fieldsOf(inputs[1]), inputs[1].data, links[1]))
      .to.be.revertedWithCustomError(bridge, "NotDeposit")
      .withArgs(1);
    for (const [field, value] of Object.entries({
      sender: chain.people[4].address,
      number: 7n,
      kind: 1,
      commitment: links[1],
      length: 192n,
      previous: links[2],
      source: await bridge.getAddress(),
      budget: 4n,
      timestamp: 1n,
      blockNumber: 1n,
    })) {
      const given = { ...header, [field]: value };
      await expect(bridge.reclaim(given, inputs[0].data, links[0]), field).to.be.revertedWithCustomError(
        bridge,
        "WrongRejections",
      );
    }
    for (let byte = 0; byte < 160; byte += 9) {
      const data = inputs[0].data.slice();
      data[byte] ^= 1;
      await expect(bridge.reclaim(header, data, links[0]), `byte ${byte}`)
        .to.be.revertedWithCustomError(bridge, "WrongDeposit")
        .withArgs(0);
    }
    await expect(bridge.reclaim(header, inputs[0].data.subarray(0, 128), links[0])).to.be.revertedWithCustomError(
      bridge,
      "WrongDeposit",
    );
    await expect(bridge.reclaim(header, inputs[0].data, links[1])).to.be.revertedWithCustomError(
      bridge,
      "WrongRejections",
    );
  });

  it("cannot be reclaimed where the guest has taken it", async () => {
    const chain = await deploy();
    // A batch is taken; were its header that of a deposit, it still would be no rejection.
    await chain.bridge.deposit(chain.people[0].address, { value: 5n });
    const { id, state, confirm } = await settle(chain, []);
    await confirm();
    const { hashes } = await chainOf(chain);
    const batch = (await chain.inputs()).find(({ header }) => header.kind === "batch")!;
    const taken = hashInputHeader(batch.header);
    for (const [earlier, later] of [
      [ZERO_WORD, [taken]],
      [link(ZERO_WORD, taken), []],
      [link(ZERO_WORD, hashes[0]), [taken]],
      [link(state.rejections, taken), []],
    ] as const) {
      await expect(chain.bridge.vouch(id, state, earlier, [...later])).to.be.revertedWithCustomError(
        chain.bridge,
        "WrongRejections",
      );
    }
  });

  it("is found behind any number of others, in pieces of any length, whoever shows them", async () => {
    const chain = await deploy();
    await chain.bridge.connect(chain.people[0]).deposit(chain.people[0].address, { value: 5n });
    for (let count = 0; count < 12; count++) await chain.inbox.sendMessage(LONG);
    const { id, state, confirm } = await settle(chain, []);
    await confirm();
    const { inputs, hashes, links } = await chainOf(chain);
    const restorer = await chain.networkHelpers.takeSnapshot();
    const cuts = fc.uniqueArray(fc.integer({ min: 2, max: 12 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(cuts, async (places) => {
        await restorer.restore();
        let known = 13;
        for (const at of [...places.sort((a, b) => b - a), 1]) {
          const [by] = [chain.people[at % 5]];
          const later = hashes.slice(at, known);
          const bridge = chain.bridge.connect(by);
          if (known === 13) await bridge.vouch(id, state, links[at], later);
          else await bridge.vouchEarlier(links[at], later);
          expect(await bridge.isVouchedFor(links[at])).to.equal(true);
          if (at === 1) continue;
          // What is left out, put in or in another order leads elsewhere.
          for (const wrong of [later.slice(1), [...later, later[0] ?? ZERO_WORD], [...later].reverse()]) {
            if (wrong.join() === later.join()) continue;
            await expect(bridge.vouchEarlier(links[at - 1], wrong)).to.be.revertedWithCustomError(
              bridge,
              "WrongRejections",
            );
          }
          known = at;
        }
        await expect(chain.bridge.reclaim(fieldsOf(inputs[0]), inputs[0].data, ZERO_WORD)).to.changeEtherBalance(
          chain.ethers,
          chain.people[0],
          5n,
        );
      }),
      { numRuns: 6, seed: 4 },
    );
  });
});
