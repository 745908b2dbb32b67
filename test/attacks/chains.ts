import { expect } from "chai";

import { elementPositions } from "../../plugin/dispute/claim.js";
import { elementsOf, type ClaimNode } from "../../plugin/dispute/claimTree.js";
import type { Hex } from "../../plugin/hex.js";
import type { Party } from "../../plugin/testing/party.js";
import type { TestChain } from "../../plugin/testing/testChain.js";

/** Four levels, and bonds that a test's accounts can pay many times. */
export const SMALL = {
  inputBits: 6,
  stepBits: 18,
  history: "calldata",
  bonds: { assertion: "1 ether", claims: "0.1 ether" },
};

/** What an account has gained by all that it did, in wei, fees aside. */
export function gainOf(party: Party): bigint {
  const { received, value } = party.challenger.spending;
  return received - value - party.validator.sender.spending.value;
}

/** Five levels: an adversary who claims against the truth makes the last claim, which a step on chain refutes. */
export const FIVE_LEVELS = { ...SMALL, stepBits: 24 };

/** The positions of the steps that were proved on chain, and the classes of their instructions. */
export type Proved = ReadonlyMap<bigint, string>;

/**
 * Adversaries claim against a true assertion all at once, each with its own lie, and defend that down to the last level; the honest party
 * defends the truth until nothing is left to do, and must prove one step against each.
 */
export async function disputeAll(
  honest: Party,
  chain: TestChain,
  truth: Hex,
  liars: readonly Party[],
): Promise<Proved> {
  const { levels } = chain.chain.parameters;
  const own = new Map<Party, ClaimNode>();
  for (const liar of liars) await liar.claimAgainst(truth);
  await chain.node.sync();
  chain.node.claims.against(truth).forEach((claim, index) => own.set(liars[index], claim));
  for (let level = 2; level <= levels; level += 2) {
    await honest.act();
    await chain.node.sync();
    for (const liar of liars) own.set(liar, await defend(liar, own.get(liar)!));
  }
  const figures = await chain.playDispute([honest]);
  expect(figures.winner).to.equal("honest");
  for (const { position, gas } of honest.challenger.proved) {
    expect(gas < 10_000_000n, `the proof of step ${position} takes ${gas} gas`).to.equal(true);
  }
  return new Map(honest.challenger.proved.map(({ position, proof }) => [position, proof.description.kind]));
}

/** The adversary's answer to the honest party's answer to its claim. */
async function defend(liar: Party, { claim: { assertion }, answers: [answer] }: ClaimNode): Promise<ClaimNode> {
  const dispute = await liar.disputeAbout(assertion);
  const { level, position } = answer.claim;
  const own = await dispute.trace.stateHashes(elementPositions(dispute.shape, level, position));
  await liar.answer(
    answer,
    elementsOf(answer).findIndex((element, index) => element !== own[index]),
  );
  await liar.node.sync();
  return answer.answers[0];
}

/** As `disputeAll`, of adversaries who say that the steps at these positions had another outcome. */
export async function disputeSteps(
  chain: TestChain,
  honest: Party,
  parent: Hex,
  truth: Hex,
  positions: readonly bigint[],
): Promise<Proved> {
  const signer = await chain.stranger();
  const liars: Party[] = [];
  for (const position of positions) {
    const salt = `lie about ${position}`;
    liars.push(await chain.fabricator({ name: salt, signer, parent, from: position + 1n, salt }));
  }
  return disputeAll(honest, chain, truth, liars);
}
