import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { AbiCoder, keccak256, type ContractTransactionReceipt } from "ethers";

import type { Hex } from "../../plugin/hex.js";
import { hashMachineState } from "../../plugin/machines/state.js";
import { ELEMENTS, historyData, historyOpening, historyRoot } from "./histories.js";
import { assertionId, mined, type Settlement } from "./settlement.js";
import { TrueTrace, type Trace } from "./traces.js";
import { tallyProgram } from "./tallyMachine.js";

/** Twin of `Claim`. */
export interface Claim {
  assertion: Hex;
  opponent: Hex;
  level: number;
  index: number;
  position: bigint;
  start: Hex;
  history: Hex;
}

/** A claim and what it says. */
export interface Made {
  readonly id: Hex;
  readonly claim: Claim;
  /** The states at indices 0 to 64. */
  readonly states: readonly Hex[];
  readonly receipt: ContractTransactionReceipt;
}

export interface MadeAssertion {
  readonly id: Hex;
  readonly trace: Trace;
  readonly receipt: ContractTransactionReceipt;
}

export const STATUS = { none: 0n, open: 1n, standing: 2n, countered: 3n, settled: 4n, refuted: 5n, reclaimed: 6n };
export const ASSERTION = { none: 0n, pending: 1n, confirmed: 2n, countered: 3n, rejected: 4n };

/** Twin of a claim's id. */
export function claimId(claim: Claim): Hex {
  const types = ["bytes32", "bytes32", "uint8", "uint64", "uint64", "bytes32", "bytes32"];
  const { assertion, opponent, level, index, position, start, history } = claim;
  const values = [assertion, opponent, level, index, position, start, history];
  return keccak256(AbiCoder.defaultAbiCoder().encode(types, values)) as Hex;
}

/** What parties do in the disputes of one chain. */
export class Disputes {
  public constructor(public readonly chain: Settlement) {}

  /** The truth about the inputs that children of `parent` cover. */
  public async truth(parent: Hex = this.chain.genesis, before?: TrueTrace): Promise<TrueTrace> {
    const { end, next } = await this.chain.rollup.assertion(parent);
    const inputs = (await this.chain.inputs()).slice(Number(end), Number(next));
    return new TrueTrace(tallyProgram, inputs, this.chain.options.stepBits, before?.after);
  }

  /** Asserts where `trace` ends. */
  public async assert(
    author: HardhatEthersSigner,
    trace: Trace,
    parent: Hex = this.chain.genesis,
    attempt = 0,
  ): Promise<MadeAssertion> {
    const { next } = await this.chain.rollup.assertion(parent);
    const last = await this.chain.inbox.inputHash(next - 1n);
    const value = this.chain.options.assertionBond;
    const state = { ...trace.end };
    const receipt = await mined(this.chain.rollup.connect(author).assertState(parent, attempt, state, last, { value }));
    return { id: assertionId(parent, hashMachineState(trace.end), attempt), trace, receipt };
  }

  public stride(level: number): bigint {
    const { inputBits, stepBits } = this.chain.options;
    return 1n << BigInt(inputBits + stepBits - 6 * level);
  }

  /** What `trace` says of the states of a history on `level` that begins at `position`. */
  public statesOf(trace: Trace, level: number, position: bigint): Hex[] {
    return Array.from({ length: ELEMENTS + 1 }, (_, k) => trace.hashAt(position + BigInt(k) * this.stride(level)));
  }

  /** A level-1 claim. */
  public async claim(author: HardhatEthersSigner, assertion: Hex, trace: Trace): Promise<Made> {
    const { claim, states } = this.firstClaim(assertion, trace);
    const value = this.chain.claimBond(1);
    const sent = this.chain.rollup.connect(author).claimAgainstAssertion(assertion, historyData(states), { value });
    return { id: claimId(claim), claim, states, receipt: await mined(sent) };
  }

  /** What `claim` would send. */
  public firstClaim(assertion: Hex, trace: Trace): { claim: Claim; states: Hex[] } {
    const states = this.statesOf(trace, 1, 0n);
    const [start, history] = [states[0], historyRoot(states)];
    return { claim: { assertion, opponent: assertion, level: 1, index: 0, position: 0n, start, history }, states };
  }

  /** A claim against a claim: at the first index that `trace` differs at, unless another is given. */
  public async answer(author: HardhatEthersSigner, opponent: Made, trace: Trace, at?: number): Promise<Made> {
    const { claim, states, value } = this.answerTo(opponent, trace, at);
    const { index } = claim;
    const sent = this.chain.rollup
      .connect(author)
      .claimAgainstClaim(
        opponent.claim,
        index,
        opponent.states[index],
        opponent.states[index + 1],
        historyOpening(opponent.states, index),
        historyData(states),
        { value },
      );
    return { id: claimId(claim), claim, states, receipt: await mined(sent) };
  }

  /** What `answer` would send. */
  public answerTo(opponent: Made, trace: Trace, at?: number): { claim: Claim; states: Hex[]; value: bigint } {
    const index = at ?? this.firstDifference(opponent, trace);
    const level = opponent.claim.level + 1;
    const position = opponent.claim.position + BigInt(index) * this.stride(opponent.claim.level);
    const states = [opponent.states[index], ...this.statesOf(trace, level, position).slice(1)];
    const claim: Claim = {
      assertion: opponent.claim.assertion,
      opponent: opponent.id,
      level,
      index,
      position,
      start: states[0],
      history: historyRoot(states),
    };
    return { claim, states, value: this.chain.claimBond(level) };
  }

  /** Refutes a claim of the last level with the true step at the first index where it goes wrong, unless another is given. */
  public async prove(
    prover: HardhatEthersSigner,
    made: Made,
    truth: TrueTrace,
    at?: number,
  ): Promise<ContractTransactionReceipt> {
    const index = at ?? this.firstDifference(made, truth);
    const position = made.claim.position + BigInt(index);
    const sent = this.chain.rollup
      .connect(prover)
      .prove(
        made.claim,
        index,
        made.states[index + 1],
        historyOpening(made.states, index),
        { ...truth.stateAt(position) },
        truth.witnessAt(position),
      );
    return mined(sent);
  }

  public async resolve(...branch: Made[]): Promise<ContractTransactionReceipt> {
    return mined(this.chain.rollup.resolve(branch.map(({ claim }) => claim)));
  }

  public async status(made: Made): Promise<bigint> {
    return (await this.chain.rollup.claimRecord(made.id)).status;
  }

  /** Lets two parties answer each other from a level-1 claim down to the last level. Gives all claims, level 1 first. */
  public async descend(first: Made, parties: readonly [HardhatEthersSigner, Trace][]): Promise<Made[]> {
    const claims = [first];
    for (let level = 2; level <= this.chain.levels; level++) {
      const [author, trace] = parties[level % 2];
      claims.push(await this.answer(author, claims[claims.length - 1], trace));
    }
    return claims;
  }

  /** The index after which `made` says something else than `trace`. */
  public firstDifference(made: Made, trace: Trace): number {
    const own = this.statesOf(trace, made.claim.level, made.claim.position);
    const index = made.states.findIndex((state, k) => k > 0 && state !== own[k]);
    if (index < 0) throw new Error("The trace agrees with the claim.");
    return index - 1;
  }
}
