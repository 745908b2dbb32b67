import { expect } from "chai";
import { network } from "hardhat";

import { MACHINE_NAMES } from "../../plugin/machineTable.js";
import { rejectionsOf } from "../../plugin/node/rejections.js";
import { readToken } from "../../plugin/token.js";
import type { TestChain } from "../../plugin/testing/testChain.js";
import { guestProgram } from "../helpers/chains.js";
import { SMALL } from "./chains.js";

const ETHER = 10n ** 18n;

/** A chain whose guest rejects every deposit, with two of Alice's: of ether and of a token. */
async function start(machine: (typeof MACHINE_NAMES)[number]) {
  const connection = await network.create();
  const budget = { batch: 2 ** 18 - 1, message: 200_000 };
  const program = await guestProgram(machine === "wasm" ? "counter" : "orbit", machine);
  const chain = await connection.rollup.deploy({ ...SMALL, machine, inputBudget: budget }, program);
  const alice = await chain.stranger();
  const user = await chain.user(alice);
  const contract = await connection.ethers.deployContract("OddToken");
  await contract.mint(alice.address, 70n);
  const token = await readToken(chain.chain.provider, (await contract.getAddress()) as `0x${string}`);
  await user.deposit(ETHER);
  await user.depositToken(token, 70n);
  await (await chain.sequencer()).drain();
  return { connection, chain, alice, user, contract };
}

/** The position after the last step of the assertion's first input. */
function endOfInput({ node }: TestChain): bigint {
  return node.executor.executed()[0].steps;
}

function refusalOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "",
    (error: Error) => error.message,
  );
}

for (const machine of MACHINE_NAMES)
  describe(`a deposit that a guest on ${machine} rejects`, function () {
    this.timeout(60_000);

    it("is paid back on L1, of ether and of a token, though a liar says that it was no rejection", async () => {
      const { connection, chain, alice, user, contract } = await start(machine);
      const honest = await chain.honest();
      await chain.node.sync();
      const liar = await chain.fabricator({ from: endOfInput(chain), part: "rejections" });
      const lie = await liar.assert();
      await honest.assert();
      expect(await user.rejectedDeposits()).to.deep.equal([]);
      const { winner, instructionKind } = await chain.playDispute([honest, liar]);
      expect(winner).to.equal("honest");
      expect(instructionKind, "the step that rejects").to.match(/reject|call|host|ecall|syscall/);
      expect(chain.node.assertions.get(lie).status).to.equal("countered");
      await honest.assert();
      await chain.playDispute([honest]);

      const [first, second] = await user.rejectedDeposits();
      const depositor = alice.address.toLowerCase();
      expect(first).to.include({ input: 0n, depositor, amount: ETHER });
      expect(second).to.include({ input: 1n, depositor, amount: 70n });
      expect(chain.node.assertions.confirmed.state.rejections).to.equal(rejectionsOf(chain.node).at(-1)?.link);
      const stranger = await chain.user(await chain.stranger());
      const before = await connection.ethers.provider.getBalance(alice.address);
      await stranger.reclaim(first.input);
      expect((await connection.ethers.provider.getBalance(alice.address)) - before).to.equal(ETHER);
      expect((await user.reclaim(second.input)).map(({ action }) => action)).to.deep.equal(["vouch", "reclaim"]);
      expect(await contract.balanceOf(alice.address)).to.equal(70n);
      expect(await user.rejectedDeposits()).to.deep.equal([]);
      expect(await refusalOf(user.reclaim(first.input))).to.contain("AlreadyReclaimed(0)");
      expect(await refusalOf(user.reclaim(7n))).to.contain("No confirmed state says that this input changed nothing");
    });
  });
