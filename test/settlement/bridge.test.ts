import { expect } from "chai";
import { AbiCoder, concat, keccak256, parseEther, ZeroAddress } from "ethers";

import { hexToBytes, ZERO_WORD, type Hex } from "../../plugin/hex.js";
import { Disputes } from "../helpers/disputes.js";
import { settlementFixture } from "../helpers/settlement.js";
import { SET, tallyProgram } from "../helpers/tallyMachine.js";

const deploy = settlementFixture();
const AMOUNT = parseEther("2");

function leafOf(withdrawal: { index: number | bigint; recipient: string; amount: bigint }): Hex {
  const values = [withdrawal.index, withdrawal.recipient, withdrawal.amount];
  return keccak256(AbiCoder.defaultAbiCoder().encode(["uint256", "address", "uint256"], values)) as Hex;
}

/** The tree of withdrawals with these two leaves at 0 and 1, and the siblings of both. */
function treeOf(first: Hex, second: Hex): { root: Hex; proofs: [Hex[], Hex[]] } {
  const zeros = [ZERO_WORD];
  while (zeros.length < 32) zeros.push(keccak256(concat([zeros[zeros.length - 1], zeros[zeros.length - 1]])) as Hex);
  const above = zeros.slice(1);
  let root = keccak256(concat([first, second])) as Hex;
  for (const zero of above) root = keccak256(concat([root, zero])) as Hex;
  return {
    root,
    proofs: [
      [second, ...above],
      [first, ...above],
    ],
  };
}

/** A chain with two withdrawals in a confirmed state: one to `recipient`, one to a contract. */
async function start() {
  const chain = await deploy();
  const disputes = new Disputes(chain);
  const [alice, recipient] = chain.people;
  const wrapper = await chain.ethers.deployContract("Wrapper");
  await chain.bridge.connect(alice).deposit(alice.address, { value: 2n * AMOUNT });
  const first = { index: 0, recipient: recipient.address, amount: AMOUNT };
  const second = { index: 1, recipient: await wrapper.getAddress(), amount: AMOUNT };
  const { root, proofs } = treeOf(leafOf(first), leafOf(second));
  // The first assertion covers the deposit; the machine publishes the root while it takes the batch in the second.
  const due = await chain.inbox.dueAt(0);
  await chain.at(due);
  await chain.inbox.forceInclude(await chain.queued());
  await chain.batch([SET, root]);
  const truth = await disputes.truth();
  const parent = await disputes.assert(alice, truth);
  const after = await disputes.truth(parent.id, truth);
  const made = await disputes.assert(alice, after, parent.id);
  const confirm = async () => {
    await chain.after(chain.options.window);
    await chain.rollup.confirm(parent.id);
    await chain.rollup.confirm(made.id);
  };
  const state = { ...after.end };
  expect(state.outputRoot).to.equal(root);
  return { chain, alice, recipient, wrapper, first, second, proofs, state, parent, made, confirm, truth };
}

describe("Bridge", () => {
  it("queues a deposit as a message of its own kind from the depositor", async () => {
    const chain = await deploy();
    const [alice, bob] = chain.people;
    const bridge = chain.bridge.connect(alice);
    await expect(bridge.deposit(bob.address, { value: 7n }))
      .to.emit(chain.bridge, "Deposited")
      .withArgs(0, alice.address, bob.address, 7);
    const [event] = await chain.inbox.queryFilter(chain.inbox.filters.MessageQueued(), 0);
    expect([event.args.kind, event.args.sender]).to.deep.equal([2n, alice.address]);
    const { chainId } = await chain.ethers.provider.getNetwork();
    const told = [bob.address, 7, chainId, await chain.bridge.getAddress()];
    expect(event.args.data).to.equal(
      AbiCoder.defaultAbiCoder().encode(["address", "uint256", "uint256", "address"], told),
    );
    await expect(bridge.deposit(bob.address)).to.be.revertedWithCustomError(chain.bridge, "NothingDeposited");
  });

  it("pays a withdrawal of a confirmed state once", async () => {
    const { chain, recipient, first, proofs, state, made, confirm } = await start();
    await expect(chain.bridge.withdraw(made.id, state, first, proofs[0]))
      .to.be.revertedWithCustomError(chain.bridge, "AssertionNotConfirmed")
      .withArgs(made.id);
    await confirm();
    await expect(chain.bridge.withdraw(made.id, state, first, proofs[0])).to.changeEtherBalances(
      chain.ethers,
      [recipient, chain.bridge],
      [AMOUNT, -AMOUNT],
    );
    expect([await chain.bridge.isWithdrawn(0), await chain.bridge.isWithdrawn(1)]).to.deep.equal([true, false]);
    await expect(chain.bridge.withdraw(made.id, state, first, proofs[0]))
      .to.be.revertedWithCustomError(chain.bridge, "AlreadyWithdrawn")
      .withArgs(0);
  });

  it("refuses a proof with any part corrupted, and another withdrawal, state or assertion", async () => {
    const { chain, alice, first, second, proofs, state, parent, made, confirm, truth } = await start();
    await confirm();
    const attempt = (withdrawal: typeof first, proof: Hex[], given = state, id = made.id) =>
      expect(chain.bridge.withdraw(id, given, withdrawal, proof)).to.be;
    for (let k = 0; k < 32; k++) {
      const bytes = hexToBytes(proofs[0][k]);
      bytes[k] ^= 1;
      const proof = proofs[0].map((word, j) => (j === k ? (concat([bytes]) as Hex) : word));
      await attempt(first, proof).revertedWithCustomError(chain.bridge, "WrongWithdrawalProof");
    }
    for (const change of [{ amount: AMOUNT + 1n }, { recipient: alice.address }, { index: 1 }]) {
      await attempt({ ...first, ...change }, proofs[0]).revertedWithCustomError(chain.bridge, "WrongWithdrawalProof");
    }
    await attempt(second, proofs[0]).revertedWithCustomError(chain.bridge, "WrongWithdrawalProof");
    await attempt(first, proofs[0].slice(1)).revertedWithCustomError(chain.bridge, "WrongProofLength").withArgs(31, 32);
    await attempt(first, [...proofs[0], ZERO_WORD])
      .revertedWithCustomError(chain.bridge, "WrongProofLength")
      .withArgs(33, 32);
    await attempt({ ...first, index: 2 ** 32 }, proofs[0])
      .revertedWithCustomError(chain.bridge, "WithdrawalIndexTooLarge")
      .withArgs(2 ** 32);
    await attempt(first, proofs[0], { ...truth.end }).revertedWithCustomError(chain.bridge, "WrongOutputState");
    await attempt(first, proofs[0], state, parent.id).revertedWithCustomError(chain.bridge, "WrongOutputState");
    await attempt(first, proofs[0], state, ZERO_WORD).revertedWithCustomError(chain.bridge, "AssertionNotConfirmed");
  });

  it("loses nothing when a recipient refuses its ether", async () => {
    const { chain, wrapper, second, proofs, state, made, confirm } = await start();
    await confirm();
    await wrapper.refuse(true);
    await expect(chain.bridge.withdraw(made.id, state, second, proofs[1]))
      .to.be.revertedWithCustomError(chain.bridge, "WithdrawalFailed")
      .withArgs(second.recipient, AMOUNT);
    expect(await chain.bridge.isWithdrawn(1)).to.equal(false);
    await wrapper.refuse(false);
    await expect(chain.bridge.withdraw(made.id, state, second, proofs[1])).to.changeEtherBalance(
      chain.ethers,
      wrapper,
      AMOUNT,
    );
  });

  it("is made by its factory only", async () => {
    const chain = await deploy();
    await expect(chain.bridge.initialize(ZeroAddress, ZeroAddress)).to.be.revertedWithCustomError(
      chain.bridge,
      "InvalidInitialization",
    );
    const genesis = tallyProgram.start().state();
    await expect(chain.rollup.initialize(genesis)).to.be.revertedWithCustomError(chain.rollup, "InvalidInitialization");
    for (const [name, address] of [
      ["Rollup", await chain.parts.factory.ROLLUP()],
      ["Bridge", await chain.parts.factory.BRIDGE()],
    ] as const) {
      const implementation = await chain.ethers.getContractAt(name, address);
      const call = name === "Rollup" ? [genesis] : [ZeroAddress, ZeroAddress];
      await expect(implementation.getFunction("initialize")(...call)).to.be.revertedWithCustomError(
        implementation,
        "InvalidInitialization",
      );
    }
  });
});
