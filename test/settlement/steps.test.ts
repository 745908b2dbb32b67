import { expect } from "chai";
import { concatBytes } from "@noble/hashes/utils.js";

import type { Hex } from "../../plugin/hex.js";
import { ASSERTION, Disputes, STATUS, type Made } from "../helpers/disputes.js";
import { historyOpening } from "../helpers/histories.js";
import { settlementFixture, words, type Settlement } from "../helpers/settlement.js";
import { SPIN, tallyProgram, TRAP } from "../helpers/tallyMachine.js";
import { FalseTrace, TrueTrace } from "../helpers/traces.js";

const deploy = settlementFixture();

/** A false claim of the last level, made against the truth, and what is needed to refute it. */
async function lastClaim(chain: Settlement, from: bigint) {
  const disputes = new Disputes(chain);
  const [liar, honest, attacked] = chain.people;
  const truth = await disputes.truth();
  const assertion = await disputes.assert(attacked, new FalseTrace(truth, from));
  const first = await disputes.claim(honest, assertion.id, truth);
  const made = await disputes.answer(liar, first, new FalseTrace(truth, from));
  return { disputes, truth, liar, honest, first, made, assertion };
}

function proofOf(disputes: Disputes, made: Made, truth: TrueTrace) {
  const index = disputes.firstDifference(made, truth);
  const position = made.claim.position + BigInt(index);
  return {
    index,
    second: made.states[index + 1],
    opening: historyOpening(made.states, index),
    state: { ...truth.stateAt(position) },
    witness: truth.witnessAt(position),
  };
}

describe("a step proved on chain", () => {
  // Position 0 delivers, 1 to 5 execute, 6 returns, everything after waits.
  for (const [name, from] of [
    ["delivers an input", 1n],
    ["executes an instruction", 4n],
    ["returns", 7n],
    ["waits within an input's window", 8n],
    ["waits past the assertion's last input", 64n],
    ["waits at the last position of all", 4095n],
  ] as const) {
    it(`refutes a claim whose first lie is where the machine ${name}`, async () => {
      const chain = await deploy();
      await chain.batch(words(5));
      const { disputes, truth, honest, made, assertion } = await lastClaim(chain, from);
      await disputes.prove(honest, made, truth);
      expect(await disputes.status(made)).to.equal(STATUS.refuted);
      expect((await chain.rollup.assertion(assertion.id)).status).to.equal(ASSERTION.pending);
    });
  }

  it("covers every step of an input that traps and of one that loops for ever", async () => {
    const chain = await deploy();
    await chain.batch([...words(2), TRAP]);
    const disputes = new Disputes(chain);
    const first = await disputes.truth();
    const start = await disputes.assert(chain.people[2], first);
    await chain.inbox.sendMessage(concatBytes(...[...words(1), SPIN].map((word) => Buffer.from(word.slice(2), "hex"))));
    await chain.batch([...words(3), TRAP, ...words(1)], await chain.queued());
    await chain.batch(words(2));
    await disputes.assert(chain.people[2], await disputes.truth(start.id, first), start.id);
    expect(first.end.outputRoot).to.equal(tallyProgram.start().state().outputRoot);
    const context = async (position: bigint, inputs: Awaited<ReturnType<Settlement["inputs"]>>) => {
      const number = Number(position >> 6n);
      const inputHash = number < inputs.length ? await chain.inbox.inputHash(number) : `0x${"00".repeat(32)}`;
      return { program: tallyProgram.hash, inputHash, step: position & 63n };
    };
    const inputs = await chain.inputs();
    const truth = new TrueTrace(tallyProgram, inputs, 6);
    expect([0, 1, 2, 3].map((index) => truth.steps(index))).to.deep.equal([4, 21, 5, 4]);
    for (let position = 0n; position < 64n * 5n; position++) {
      const after = await chain.machine.step(
        await context(position, inputs),
        { ...truth.stateAt(position) },
        truth.witnessAt(position),
      );
      expect([...after]).to.deep.equal(Object.values(truth.stateAt(position + 1n)));
    }
  });

  it("knows no input past the assertion's last, whatever the inbox holds by then", async () => {
    const chain = await deploy();
    await chain.batch(words(5));
    const { disputes, truth, honest, made } = await lastClaim(chain, 64n);
    for (let k = 0; k < 3; k++) await chain.batch(words(3, k));
    const { index, second, opening, state } = proofOf(disputes, made, truth);
    const [, input] = await chain.inputs();
    const machine = tallyProgram.start();
    machine.deliver((await chain.inputs())[0]);
    machine.run(100);
    await expect(
      chain.rollup.connect(honest).prove(made.claim, index, second, opening, state, machine.witness(input)),
    ).to.be.revertedWithCustomError(chain.machine, "WitnessTooLong");
    await disputes.prove(honest, made, truth);
  });

  it("is refused if any part of the proof is corrupted", async () => {
    const chain = await deploy();
    await chain.batch(words(9));
    const { disputes, made, truth, honest } = await lastClaim(chain, 4n);
    const { index, second, opening, state, witness } = proofOf(disputes, made, truth);
    const rollup = chain.rollup.connect(honest);
    for (let k = 0; k < witness.length; k++) {
      const bad = witness.slice();
      bad[k] ^= 1 << (k % 8);
      await expect(rollup.prove.staticCall(made.claim, index, second, opening, state, bad), `byte ${k}`).to.revert(
        chain.ethers,
      );
    }
    for (const bad of [witness.subarray(1), concatBytes(witness, new Uint8Array(1)), new Uint8Array()]) {
      await expect(rollup.prove.staticCall(made.claim, index, second, opening, state, bad)).to.revert(chain.ethers);
    }
    const bytes = Buffer.from(opening.slice(2), "hex");
    for (let k = 0; k < bytes.length; k += 7) {
      bytes[k] ^= 1;
      await expect(
        rollup.prove.staticCall(made.claim, index, second, bytes, state, witness),
      ).to.be.revertedWithCustomError(chain.parts.history, "WrongOpening");
      bytes[k] ^= 1;
    }
    for (const change of [
      { core: opening.slice(0, 66) },
      { inputCount: 7n },
      { deadline: 9n },
      { checkpoint: second },
      { rejections: second },
    ]) {
      await expect(
        rollup.prove.staticCall(made.claim, index, second, opening, { ...state, ...change }, witness),
      ).to.be.revertedWithCustomError(chain.parts.history, "WrongOpening");
    }
    await expect(rollup.prove.staticCall(made.claim, index, truth.hashAt(5n), opening, state, witness)).to.revert(
      chain.ethers,
    );
    await rollup.prove(made.claim, index, second, opening, state, witness);
  });

  it("does not refute a claim that says the same as the machine", async () => {
    const chain = await deploy();
    await chain.batch(words(5));
    const { disputes, truth, liar, made } = await lastClaim(chain, 4n);
    const position = made.claim.position + 1n;
    await expect(disputes.prove(liar, made, truth, 1))
      .to.be.revertedWithCustomError(chain.rollup, "StepAgrees")
      .withArgs(truth.hashAt(position + 1n));
  });

  it("speaks of one claim of the last level only", async () => {
    const chain = await deploy();
    await chain.batch(words(5));
    const { disputes, truth, honest, liar, first, made, assertion } = await lastClaim(chain, 4n);
    const proof = proofOf(disputes, made, truth);
    const prove = (claim: Made["claim"], opening: Hex = proof.opening) =>
      expect(chain.rollup.connect(honest).prove(claim, proof.index, proof.second, opening, proof.state, proof.witness))
        .to.be;
    await prove(first.claim).revertedWithCustomError(chain.rollup, "NotLastLevel").withArgs(1, 2);
    const other = await disputes.answer(liar, first, new FalseTrace(truth, 6n, "other"));
    await prove(other.claim).revertedWithCustomError(chain.parts.history, "WrongOpening");
    await prove({ ...made.claim, assertion: first.id }).revertedWithCustomError(chain.rollup, "UnknownClaim");
    await disputes.prove(honest, made, truth);
    await prove(made.claim).revertedWithCustomError(chain.rollup, "ClaimDecided").withArgs(made.id, STATUS.refuted);
    expect((await chain.rollup.assertion(assertion.id)).status).to.equal(ASSERTION.pending);
  });
});
