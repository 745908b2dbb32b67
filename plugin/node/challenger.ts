import { setTimeout } from "node:timers/promises";

import type { Signer } from "ethers";

import { believesClaim, claimsUnder, planAnswers, startsRight, type Dispute } from "../dispute/strategy.js";
import { planResolutions, type Resolution } from "../dispute/resolution.js";
import type { ClaimNode } from "../dispute/claimTree.js";
import type { Missed, Move } from "../dispute/moves.js";
import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import { isDead, type AssertionNode } from "./assertions.js";
import { ChallengerActions, type ProvedStep } from "./challengerActions.js";
import type { OnEvent } from "./events.js";
import type { RollupNode } from "./node.js";
import type { Done } from "./sender.js";
import type { Trace } from "./trace.js";
import type { View } from "./view.js";

/** What was told already, and may be otherwise in the next round. */
const HINDRANCES: readonly string[] = ["INSUFFICIENT_FUNDS", "BUDGET_EXCEEDED", "BLOB_MISSING", "HISTORY_UNREADABLE"];
/** What passes by itself, besides errors that are not ours: those of providers. */
const PASSING: readonly string[] = [
  "REORGANIZED",
  "NO_BLOCK",
  "NOT_MINED",
  "THREAD_FAILED",
  "BLOB_NOT_KEPT",
  "DERIVATION_MISMATCH",
];

/** So many answers wait to be mined at once, where each need not wait for the one before. */
const ANSWERS_AT_ONCE = 16;

/** What a challenger did in one round. */
export interface ChallengerRound {
  readonly actions: readonly Done[];
  /** When a clock will have something for it to do, in seconds; undefined if nothing is waited for. */
  readonly wakeAt: bigint | undefined;
  /** True if nothing was done and nothing is waited for. */
  readonly settled: boolean;
}

/** How a challenger watches. */
export interface WatchOptions {
  readonly signal?: AbortSignal;
  /** How often it looks for what others did, in seconds; 12 if absent. */
  readonly pollSeconds?: number;
  /** Goes on watching when nothing is left to do. */
  readonly forever?: boolean;
}

/**
 * Keeps a chain true: claims against false assertions, answers false claims, proves steps, resolves what its side has won, confirms,
 * and collects. What it holds true is its view's; an honest challenger's is the machine's.
 */
export class Challenger {
  private readonly actions: ChallengerActions;
  /** What was reported as missed already, and why. */
  private readonly reported = new Set<string>();
  /** Why it cannot answer what it should, in this round. */
  private blind: RollupError | undefined;

  /**
   * @param view What it holds true; the truth if absent.
   * @param isWilling Which moves it makes of those that its view calls for; all if absent.
   */
  public constructor(
    public readonly node: RollupNode,
    signer: Signer,
    private readonly onEvent: OnEvent = node.onEvent,
    private readonly view: () => View = () => node.truth,
    private readonly isWilling: (move: Move) => boolean = () => true,
  ) {
    this.actions = new ChallengerActions(node, signer, onEvent);
  }

  /** What its transactions took so far. */
  public get spending(): ChallengerActions["sender"]["spending"] {
    return this.actions.sender.spending;
  }

  /**
   * Does everything that can be done now: answers first, since they have clocks.
   * @throws {RollupError} After all else was done: `INSUFFICIENT_FUNDS` if there is something that the account cannot pay for,
   * `BLOB_KEY_MISSING` if it cannot send the blobs of its claims, `BLOB_MISSING` if there is a false claim whose states it cannot find. Every
   * network keeps them longer than a dispute lasts: its set-up is wrong.
   */
  public async once(): Promise<ChallengerRound> {
    const done: Done[] = [...(await this.answer()), ...(await this.resolve())];
    done.push(...(await this.confirm()), ...(await this.cleanUp()));
    const wakeAt = await this.nextClock();
    if (wakeAt === undefined) done.push(...(await this.actions.collect()));
    const failure = this.actions.takeFailure() ?? this.blind;
    if (failure !== undefined) throw failure;
    return { actions: done, wakeAt, settled: done.length === 0 && wakeAt === undefined };
  }

  /**
   * Rounds until nothing is left to do or the signal aborts, sleeping between them; tells what it waits for. What the account cannot pay
   * for, or cannot see, was told as skipped, and is tried again; so is, after a first round that went well, whatever keeps it from the
   * settlement layer: who watches for days must outlive a node that is busy.
   * @throws {RollupError} What time does not help with. @throws What the first round fails with.
   */
  public async watch({ signal, pollSeconds = 12, forever = false }: WatchOptions = {}): Promise<void> {
    let told: bigint | undefined;
    let begun = false;
    while (!signal?.aborted) {
      const round = await this.once().catch((error: unknown) => this.hindered(error, begun));
      begun = true;
      if (round?.settled && !forever) return;
      if (round !== undefined && round.actions.length > 0) continue;
      if (round?.wakeAt !== undefined && round.wakeAt !== told) {
        this.onEvent({ type: "waiting", text: "for a clock", until: round.wakeAt });
        told = round.wakeAt;
      }
      await setTimeout(pollSeconds * 1000, undefined, { signal }).catch(() => undefined);
    }
  }

  /** The dispute about an assertion as it is now, for someone who holds `trace` true. */
  public async disputeAbout(assertion: AssertionNode, trace: Trace): Promise<Dispute> {
    const { claims, chain, history } = this.node;
    const shape = chain.parameters;
    const claimableUntil = assertion.createdAt + (shape.windows[shape.windows.length - 1] ?? 0n);
    return { assertion, claims, trace, shape, levels: shape.levels, history, claimableUntil, now: await chain.now() };
  }

  /** Makes a move that the strategy need not have chosen. What the settlement layer refuses is told, and gives nothing. */
  public play(move: Move, trace: Trace): Promise<Done[]> {
    return this.actions.play(move, trace);
  }

  /** The steps that it proved on chain. */
  public get proved(): readonly ProvedStep[] {
    return this.actions.proved;
  }

  /** Claims against false assertions and answers false claims. */
  private async answer(): Promise<Done[]> {
    await this.node.sync();
    await this.node.findMissing();
    this.blind = undefined;
    const planned: { readonly move: Move; readonly trace: Trace; readonly until: bigint }[] = [];
    for (const dispute of await this.disputes()) {
      const { moves, missed } = await planAnswers(dispute);
      for (const miss of missed) this.reportMissed(miss);
      for (const move of moves) planned.push({ move, trace: dispute.trace, until: answerableUntil(dispute, move) });
    }
    // Who is flooded with claims answers first what has the least time left.
    planned.sort((a, b) => (a.until < b.until ? -1 : a.until > b.until ? 1 : 0));
    const willing = planned.filter(({ move }) => this.isWilling(move));
    const atOnce = (await this.actions.sender.managed()) ? ANSWERS_AT_ONCE : 1;
    const done: Done[] = [];
    for (let next = 0; next < willing.length; next += atOnce) {
      const answers = willing.slice(next, next + atOnce);
      const played = answers.map(({ move, trace, until }) => this.actions.play(move, trace, until));
      // All have been given their chance before one that failed ends the round.
      await Promise.allSettled(played);
      done.push(...(await Promise.all(played)).flat());
    }
    return done;
  }

  /** Resolves what is due, until nothing more is. */
  private async resolve(): Promise<Done[]> {
    const done: Done[] = [];
    for (;;) {
      await this.node.sync();
      const now = await this.node.chain.now();
      const due = (await this.resolutions()).filter(({ at }) => at <= now);
      let progressed = false;
      for (const { branch } of due) {
        const results = await this.actions.resolve(branch);
        progressed ||= results.length > 0;
        done.push(...results);
      }
      if (!progressed) return done;
    }
  }

  /** Confirms what is believed and final, one after the other. */
  private async confirm(): Promise<Done[]> {
    const done: Done[] = [];
    for (;;) {
      await this.node.sync();
      const next = await this.believedChild();
      if (next === undefined || !(await this.actions.isFinal(next.id))) return done;
      const results = await this.actions.confirm(next.id);
      if (results.length === 0) return done;
      done.push(...results);
    }
  }

  /** Rejects dead assertions under which it has bonds, and takes those bonds home. */
  private async cleanUp(): Promise<Done[]> {
    const done: Done[] = [];
    const me = await this.actions.sender.address();
    const { assertions, claims } = this.node;
    for (const assertion of assertions.all()) {
      const open = claimsUnder(claims, assertion.id).filter(({ status, author }) => status === "open" && author === me);
      if (open.length === 0 || assertion.status === "countered") continue;
      const dead = isDead(assertion, assertions.confirmed);
      if (assertion.status === "pending" && dead) done.push(...(await this.actions.reject(assertion.id)));
      if (dead || assertion.status === "confirmed") done.push(...(await this.actions.reclaim(open)));
    }
    return done;
  }

  private async disputes(): Promise<Dispute[]> {
    const { assertions } = this.node;
    const disputes: Dispute[] = [];
    for (const assertion of assertions.all()) {
      if (!isDisputable(assertion, assertions.confirmed) || !(await this.isDisputed(assertion))) continue;
      const trace = await this.view().trace(assertion);
      if (trace) disputes.push(await this.disputeAbout(assertion, trace));
    }
    return disputes;
  }

  /** False where there is nothing to say: nobody has claimed, and the assertion is believed or rejected, or all is decided. */
  private async isDisputed(assertion: AssertionNode): Promise<boolean> {
    if (claimsUnder(this.node.claims, assertion.id).some(({ status }) => status === "open")) return true;
    return assertion.status === "pending" && !(await this.view().believes(assertion));
  }

  private async resolutions(): Promise<Resolution[]> {
    const me = await this.actions.sender.address();
    const found: Resolution[] = [];
    for (const dispute of await this.disputes()) {
      const open = claimsUnder(dispute.claims, dispute.assertion.id).filter(({ status }) => status === "open");
      const ours = new Set<ClaimNode>();
      for (const claim of open) if (await isOurs(dispute, claim, me)) ours.add(claim);
      found.push(...planResolutions(open, ours));
    }
    return found;
  }

  private async believedChild(): Promise<AssertionNode | undefined> {
    for (const child of this.node.assertions.confirmed.children) {
      if (child.status === "pending" && (await this.view().believes(child))) return child;
    }
    return undefined;
  }

  private async nextClock(): Promise<bigint | undefined> {
    const now = await this.node.chain.now();
    const times = (await this.resolutions()).map(({ at }) => at);
    const child = await this.believedChild();
    if (child !== undefined)
      times.push(...this.node.chain.parameters.windows.map((window) => child.createdAt + window));
    return times.filter((time) => time > now).reduce<bigint | undefined>(earlier, undefined);
  }

  /** What may be otherwise in the next round. */
  private hindered(error: unknown, begun: boolean): undefined {
    if (error instanceof RollupError && HINDRANCES.includes(error.code)) return;
    if (!begun || (error instanceof RollupError && !PASSING.includes(error.code))) throw error;
    this.reportMissed({ text: "a round, which is tried again", reason: reasonOf(error) });
  }

  private reportMissed({ text, reason, error }: Missed): void {
    this.blind ??= error;
    if (this.reported.has(`${text}: ${reason}`)) return;
    this.reported.add(`${text}: ${reason}`);
    this.onEvent({ type: "skipped", action: "claim", text, reason });
  }
}

/** Until when a move can be made, in seconds. */
function answerableUntil(dispute: Dispute, move: Move): bigint {
  if (move.kind === "claimAgainstAssertion") return dispute.claimableUntil;
  return move.kind === "prove" ? move.claim.deadline : move.opponent.deadline;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.split("\n")[0] : String(error);
}

/** Its dispute goes on: it may be answered, and claims are decided. */
function isDisputable(assertion: AssertionNode, confirmed: AssertionNode): boolean {
  const live = assertion.status === "pending" || assertion.status === "countered";
  return live && assertion.parent !== undefined && !isDead({ ...assertion, status: "pending" }, confirmed);
}

/**
 * A claim is on a party's side if the party believes all of it. Where the party has answered a faulty claim, others' claims against
 * the same that begin in a false state are resolved too: they cannot win, but the faulty claim's bond waits for them.
 */
async function isOurs(dispute: Dispute, claim: ClaimNode, me: Hex): Promise<boolean> {
  if (await startsRight(dispute, claim)) return believesClaim(dispute, claim);
  let top = claim;
  while (top.opponent !== undefined && !(await startsRight(dispute, top.opponent))) top = top.opponent;
  return top.opponent?.answers.some(({ author }) => author === me) ?? false;
}

function earlier(a: bigint | undefined, b: bigint): bigint {
  return a === undefined || b < a ? b : a;
}
