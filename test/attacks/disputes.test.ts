import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { network } from "hardhat";

import type { Claim } from "../../plugin/dispute/claim.js";
import { elementsOf, type ClaimNode } from "../../plugin/dispute/claimTree.js";
import { answerAt, planAnswers } from "../../plugin/dispute/strategy.js";
import type { Move } from "../../plugin/dispute/moves.js";
import { bytesToHex, type Hex } from "../../plugin/hex.js";
import type { MachineState } from "../../plugin/machines/machine.js";
import type { Party } from "../../plugin/testing/party.js";
import type { TestChain } from "../../plugin/testing/testChain.js";
import type { Rollup } from "../../types/ethers-contracts/index.js";
import { LOOP, loops } from "../helpers/chains.js";
import { FIVE_LEVELS, gainOf, SMALL } from "./chains.js";
import { WrappedSigner } from "./signers.js";

type Claimed = Parameters<Rollup["claimAgainstClaim"]>;

/** What `prove` is called with. */
type Proof = readonly [claim: Claim, index: number, second: Hex, opening: Hex, before: MachineState, witness: Hex];

async function start(config = SMALL) {
  const connection = await network.create();
  const chain = await connection.rollup.deploy(config, LOOP);
  const sequencer = await chain.sequencer();
  sequencer.submit(loops(60));
  await sequencer.postBatch();
  return { connection, chain, honest: await chain.honest() };
}

/** A false assertion and the branch of claims about it, down to a false claim of the last level. */
async function branch(chain: TestChain, honest: Party, seed = 4) {
  const liar = await chain.liar({ seed });
  const lie = await liar.assert();
  for (let level = 1; level <= 4; level += 2) {
    await honest.act();
    await liar.act();
  }
  await chain.node.sync();
  const claims = chain.node.claims.all().filter(({ claim }) => claim.assertion === lie);
  const last = claims.find(({ claim, author }) => claim.level === 4 && author !== addressOf(honest));
  return { liar, lie, claims, last: last! };
}

function addressOf(party: Party): Hex {
  return (party.signer as HardhatEthersSigner).address.toLowerCase() as Hex;
}

async function lastClaim({ node }: TestChain): Promise<ClaimNode> {
  await node.sync();
  return node.claims.all().reduce((deepest, claim) => (claim.claim.level > deepest.claim.level ? claim : deepest));
}

async function proofOf(honest: Party, claim: ClaimNode): Promise<Proof> {
  const dispute = await honest.disputeAbout(claim.claim.assertion);
  const { moves } = await planAnswers(dispute);
  const move = moves.find((found): found is Extract<Move, { kind: "prove" }> => found.kind === "prove")!;
  expect(move.claim.id).to.equal(claim.id);
  const { index, second, position } = move.fault;
  const opening = await dispute.history.open(elementsOf(claim), index);
  const { before, witness } = await dispute.trace.proveStep(position);
  return [claim.claim, index, second, bytesToHex(opening), before, bytesToHex(witness)];
}

function flipped(hex: string, bit: number): Hex {
  const bytes = Buffer.from(hex.slice(2), "hex");
  bytes[bit >> 3] ^= 1 << (bit & 7);
  return bytesToHex(bytes);
}

/** Whether the settlement layer refuses a call. */
function isRefused(call: Promise<unknown>): Promise<boolean> {
  return call.then(
    () => false,
    () => true,
  );
}

describe("a dispute about the WASM machine", function () {
  this.timeout(120_000);

  it("is won against claims made through a wrapper contract, whose histories are visible in events all the same", async () => {
    const { connection, chain, honest } = await start();
    const wrapper = await connection.ethers.deployContract("Wrapper");
    const address = (await wrapper.getAddress()).toLowerCase() as Hex;
    const account = await chain.stranger();
    await account.sendTransaction({ to: address, value: 10n ** 19n });
    const signer = new WrappedSigner(account, wrapper, address);
    const liar = await chain.liar({
      seed: 4,
      signer: Object.assign(signer, { address }) as unknown as HardhatEthersSigner,
    });
    const lie = await liar.assert();
    const truth = await honest.assert();
    const figures = await chain.playDispute([honest, liar]);
    expect(figures.winner).to.equal("honest");
    expect(chain.node.assertions.get(lie)).to.include({ author: address, status: "countered" });
    expect(chain.node.assertions.confirmed.id).to.equal(truth);
    const wrapped = chain.node.claims.all().filter(({ author }) => author === address);
    expect(wrapped.length).to.be.greaterThan(2);
    for (const { status } of wrapped) expect(["countered", "refuted"]).to.include(status);
    expect(honest.challenger.proved.length).to.be.greaterThan(0);
  });

  it("takes no proof of a step with any bit of any byte of its witness, its states or its opening flipped", async () => {
    const { chain, honest } = await start();
    const { last } = await branch(chain, honest);
    const { rollup } = chain.chain.contracts;
    const [claim, index, second, opening, before, witness] = await proofOf(honest, last);
    const call = (changed: Partial<{ second: Hex; opening: Hex; before: MachineState; witness: Hex }>) =>
      rollup.prove.staticCall(
        claim,
        index,
        changed.second ?? second,
        changed.opening ?? opening,
        changed.before ?? before,
        changed.witness ?? witness,
      );
    await call({});
    const bytes = (witness.length - 2) / 2;
    for (let byte = 0; byte < bytes; byte++) {
      const bad = flipped(witness, 8 * byte + ((byte * 5) & 7));
      expect(await isRefused(call({ witness: bad })), `byte ${byte} of the witness`).to.equal(true);
    }
    expect(await isRefused(call({ witness: `${witness}00` }))).to.equal(true);
    expect(await isRefused(call({ witness: witness.slice(0, -2) as Hex }))).to.equal(true);
    for (let bit = 3; bit < 4 * (opening.length - 2); bit += 17) {
      expect(await isRefused(call({ opening: flipped(opening, bit) })), `bit ${bit} of the opening`).to.equal(true);
    }
    for (let bit = 0; bit < 256; bit += 9) {
      expect(await isRefused(call({ second: flipped(second, bit) }))).to.equal(true);
      for (const field of ["core", "checkpoint", "outputRoot", "rejections"] as const) {
        const bad = { ...before, [field]: flipped(before[field], bit) };
        expect(await isRefused(call({ before: bad })), `bit ${bit} of ${field}`).to.equal(true);
      }
    }
    for (const field of ["inputCount", "deadline"] as const) {
      const bad = { ...before, [field]: before[field] ^ 1n };
      expect(await isRefused(call({ before: bad })), field).to.equal(true);
    }
  });

  it("takes no proof of a step against another claim, another index or a claim of another level", async () => {
    const { chain, honest } = await start();
    const first = await branch(chain, honest);
    const { rollup } = chain.chain.contracts;
    const [claim, index, ...rest] = await proofOf(honest, first.last);
    await rollup.prove.staticCall(claim, index, ...rest);
    for (const other of first.claims.filter(({ id }) => id !== first.last.id)) {
      expect(await isRefused(rollup.prove.staticCall(other.claim, index, ...rest)), other.id).to.equal(true);
    }
    for (let wrong = 0; wrong <= 64; wrong++) {
      if (wrong === Number(index)) continue;
      expect(await isRefused(rollup.prove.staticCall(claim, wrong, ...rest)), `index ${wrong}`).to.equal(true);
    }
    for (const field of ["position", "index", "level"] as const) {
      const bad = { ...first.last.claim, [field]: BigInt(first.last.claim[field]) + 1n };
      expect(await isRefused(rollup.prove.staticCall(bad, index, ...rest)), field).to.equal(true);
    }
  });

  it("takes no claim that opens a wrong index or a wrong history", async () => {
    const { chain, honest } = await start();
    const liar = await chain.liar({ seed: 4 });
    const lie = await liar.assert();
    await honest.act();
    await chain.node.sync();
    const [first] = chain.node.claims.against(lie);
    const dispute = await liar.disputeAbout(lie);
    const { rollup } = chain.chain.contracts;
    const value = chain.config.bonds.claims[1];
    const moves = [];
    for (let index = 0; index < 64; index += 7) {
      const move = await answerAt(dispute, first, index);
      if (move.kind !== "claimAgainstClaim") continue;
      const { data } = await dispute.history.encode(move.history.start, move.history.elements);
      moves.push({ fault: move.fault, data, opening: await dispute.history.open(elementsOf(first), index) });
    }
    const call = (...[opponent, ...rest]: Claimed) => isRefused(rollup.claimAgainstClaim.staticCall(opponent, ...rest));
    const decoy = { ...first.claim, history: lie };
    for (const [place, { fault, data, opening }] of moves.entries()) {
      const other = moves[(place + 1) % moves.length];
      const { index, first: before, second } = fault;
      const made = [before, second, opening, data, { value }] as const;
      expect(await call(decoy, index, ...made), `history, index ${index}`).to.equal(true);
      expect(await call(first.claim, index + 64, ...made), "index out of range").to.equal(true);
      expect(await call(first.claim, other.fault.index, ...made), "wrong index").to.equal(true);
      expect(await call(first.claim, index, before, second, other.opening, data, { value })).to.equal(true);
      const wrongSecond = flipped(second, 250);
      expect(await call(first.claim, index, before, wrongSecond, opening, data, { value })).to.equal(true);
      const wrongFirst = flipped(before, 250);
      expect(await call(first.claim, index, wrongFirst, second, opening, data, { value })).to.equal(true);
    }
  });

  it("is won by answers within the least response although every lie comes in the last second of its clock", async () => {
    const { chain, honest } = await start(FIVE_LEVELS);
    const liar = await chain.liar({ seed: 4 });
    const truth = await honest.assert();
    const { windows, minResponse, bank } = chain.chain.parameters;
    const { createdAt } = chain.node.assertions.get(truth);
    await chain.timeTravel.nextBlockAt(createdAt + windows[0] - 1n);
    await liar.claimAgainst(truth);
    let last = await lastClaim(chain);
    expect(last.createdAt).to.equal(createdAt + windows[0] - 1n);
    for (let level = 2; level <= 5; level++) {
      const lies = level % 2 === 1;
      // The honest party is as slow as it always may be.
      const at = lies ? last.deadline - 1n : last.createdAt + minResponse - 1n;
      await chain.timeTravel.nextBlockAt(at);
      await (lies ? liar : honest).act();
      last = await lastClaim(chain);
      expect(last.claim.level).to.equal(level);
      expect(last.createdAt).to.equal(at);
    }
    // The clocks that the party goes by are the contract's.
    for (const { id, deadline } of chain.node.claims.all()) {
      expect(await chain.chain.contracts.rollup.deadlineOf(id)).to.equal(deadline);
    }
    await chain.timeTravel.nextBlockAt(last.createdAt + minResponse - 1n);
    await honest.act();
    expect(honest.challenger.proved).to.have.length(1);
    expect((await chain.playDispute([honest, liar])).winner).to.equal("honest");
    expect(chain.node.assertions.confirmed.id).to.equal(truth);
    expect(gainOf(honest) > 0n).to.equal(true);
    const ended = (await chain.chain.now()) - createdAt - windows[0];
    expect(ended <= 2n * bank + 4n * minResponse, `ended ${ended} seconds after the window`).to.equal(true);
  });

  it("against a lie is won in the same way where the honest party speaks first, in the last second of the window", async () => {
    const { chain, honest } = await start();
    const liar = await chain.liar({ seed: 4 });
    const lie = await liar.assert();
    await chain.node.sync();
    const { windows, minResponse } = chain.chain.parameters;
    await chain.timeTravel.nextBlockAt(chain.node.assertions.get(lie).createdAt + windows[0] - 1n);
    await honest.act();
    for (let level = 2; level <= 4; level++) {
      const last = await lastClaim(chain);
      const lies = level % 2 === 0;
      await chain.timeTravel.nextBlockAt(lies ? last.deadline - 1n : last.createdAt + minResponse - 1n);
      await (lies ? liar : honest).act();
      expect((await lastClaim(chain)).claim.level).to.equal(level);
    }
    await chain.timeTravel.nextBlockAt((await lastClaim(chain)).createdAt + minResponse - 1n);
    expect((await chain.playDispute([honest, liar])).winner).to.equal("honest");
    expect(chain.node.assertions.get(lie).status).to.equal("countered");
  });

  it("tells whoever slept through a clock what it has missed, and does not try it", async () => {
    const { chain, honest } = await start();
    const truth = await honest.assert();
    const liar = await chain.liar({ seed: 4 });
    await liar.claimAgainst(truth);
    await chain.timeTravel.passBank();
    const { actions } = await honest.act();
    expect(actions).to.deep.equal([]);
    const told = honest.events.flatMap((event) => (event.type === "skipped" ? [event.text] : []));
    expect(told.length).to.equal(1);
    expect(told[0]).to.match(/answer to claim/);
    expect((await chain.playDispute([honest, liar])).winner).to.equal("dishonest");
    // The truth that was lost is asserted anew, and stands.
    const again = await honest.assert();
    await chain.playDispute([honest, liar]);
    expect(chain.node.assertions.confirmed.id).to.equal(again);
  });
});
