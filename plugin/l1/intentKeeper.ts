import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import { explainRevert, isRevert } from "../node/reverts.js";
import { broadcastFailure, type BroadcastFailure } from "./broadcast.js";
import { BudgetExceededError, type Budget } from "./budget.js";
import { limitsAt, offerOf, worstFee, type Market } from "./fees.js";
import type { Attempt, Intent, JournalAccount } from "./intent.js";
import { IntentAlarms } from "./intentAlarms.js";
import { pointReached } from "./killPoints.js";
import { MinedIntents, type Sight } from "./minedIntents.js";
import type { SendingPolicy } from "./sendingPolicy.js";
import { networkForm, signAttempt } from "./signing.js";
import type { ManagerOptions } from "./transactionManager.js";

/** An intent that was never sent. */
const FRESH = { until: undefined, status: "prepared", attempts: [], mined: undefined, reason: undefined } as const;
/** What a transfer takes. */
const FILL_GAS = 21_000n;
/** So many looks in a row must find a nonce used by none of an intent's attempts: an endpoint may lag behind another. */
const LOOKS_BEFORE_LOST = 3;

/** Takes intents from being prepared to being final, one step at a time; what it knows is in the journal before it acts on it. */
export class IntentKeeper {
  /** In which block attempts were last broadcast by this process. */
  private readonly broadcastAt = new Map<Hex, number>();
  /** Attempts that no endpoint can have: all have refused them, and nobody else was given them. */
  private readonly unseen = new Set<Hex>();
  /** Intents that another process has prepared, and about which things may have changed. */
  private readonly inherited: Set<number>;
  /** Intents whose attempts are refused because they offer too little. */
  private readonly underpriced = new Set<number>();
  /** How many looks in a row have found an intent's nonce used by another transaction. */
  private readonly lost = new Map<number, number>();
  /** In which block nonces were first seen to be used by nobody. */
  private readonly gaps = new Map<number, number>();
  private readonly mined: MinedIntents;
  private readonly alarms: IntentAlarms;

  public constructor(
    private readonly options: ManagerOptions & { readonly clock: () => number },
    private readonly policy: SendingPolicy,
    private readonly account: JournalAccount,
    private readonly budget: Budget,
    private readonly changed: (intent: Intent) => void,
  ) {
    this.inherited = new Set(options.journal.open(account).map(({ id }) => id));
    this.alarms = new IntentAlarms(options.onEvent, policy);
    this.mined = new MinedIntents(options, policy, account, budget, {
      write: (intent) => this.write(intent),
      reopened: (intent) => this.reopened(intent),
    });
  }

  /** Signs what was just prepared, if the limits of its fees allow that now. */
  public begin(intent: Intent, market: Market): Intent {
    return this.sign(intent, market, intent.until) ?? intent;
  }

  /** Looks at every open intent, the lowest nonce first, and takes it as far as it goes. */
  public async look(): Promise<void> {
    if (this.options.journal.open(this.account).length === 0) return;
    const sight = await this.mined.sight();
    await this.fillGaps(sight);
    const open = this.options.journal.open(this.account);
    let kind: boolean | undefined;
    for (const [index, intent] of open.entries()) {
      const blobs = intent.transaction.blobs.length > 0;
      const latest = await this.mined.find(intent, sight);
      if (latest.mined !== undefined) continue;
      kind ??= blobs;
      // Nodes take no transactions with blobs behind others without, nor the other way round.
      if (latest.status === "prepared" && kind !== blobs) continue;
      await this.press(latest, sight, earliest(open.slice(index))).catch((error: unknown) => {
        if (!(error instanceof RollupError)) throw error;
        this.alarms.hold(latest, error.message.split("\n")[0]);
      });
    }
    await this.alarms.checkBalance(this.options.provider, this.account.account);
  }

  /** Nothing is mined behind a nonce that nobody uses: what was given up, or what the network has forgotten, leaves such gaps. */
  private async fillGaps({ used, market }: Sight): Promise<void> {
    const { journal, provider, clock } = this.options;
    const { account } = this.account;
    const nonces = journal.open(this.account).map(({ nonce }) => nonce);
    const waiting = Math.max(0, (nonces.at(-1) ?? 0) - used.latest);
    const between = Array.from({ length: waiting }, (_, index) => used.latest + index);
    const unknown = between.filter((nonce) => !nonces.includes(nonce));
    if (unknown.length === 0) return;
    const pending = await provider.getTransactionCount(account, "pending");
    for (const nonce of unknown) {
      // Some nodes count what waits behind a gap: a nonce that no block uses is one, too.
      const since = this.gaps.get(nonce) ?? market.block;
      this.gaps.set(nonce, since);
      if (nonce < pending && market.block < since + this.policy.stuckAfterBlocks) continue;
      const transaction = { to: account, data: "0x", value: 0n, gasLimit: FILL_GAS, blobs: [] } as const;
      const [key, text] = [`fill:${nonce}`, `use nonce ${nonce}, for which others wait`];
      journal.add({ ...this.account, key, nonce, action: "fill", text, transaction, ...FRESH, at: clock() });
    }
  }

  /** Does what gets an intent mined that is in no block. @param until When it, or one behind it, must be. */
  private async press(intent: Intent, sight: Sight, until: bigint | undefined): Promise<void> {
    this.alarms.warn(intent, sight.market);
    if (sight.used.latest > intent.nonce) return this.checkLost(intent, sight);
    this.lost.delete(intent.id);
    const signed = await this.ready(intent, sight.market, until);
    if (signed === undefined) return;
    const last = signed.attempts.at(-1)!;
    const since = sight.market.block - (this.broadcastAt.get(last.hash) ?? -Infinity);
    if (since < this.policy.stuckAfterBlocks) return;
    // What waits for others before it gains nothing by offering more.
    const stuck = since !== Infinity && (intent.nonce === sight.used.latest || this.underpriced.has(intent.id));
    const replaced = stuck ? this.sign(signed, sight.market, until) : undefined;
    if (replaced !== undefined) this.alarms.resent(replaced, "it is stuck, and offers more");
    await this.broadcast(replaced ?? signed, sight);
  }

  /** Another transaction has its nonce; once that is final, it can never be mined. */
  private checkLost(intent: Intent, { used }: Sight): void {
    const looks = used.final > intent.nonce ? (this.lost.get(intent.id) ?? 0) + 1 : 0;
    this.lost.set(intent.id, looks);
    if (looks >= LOOKS_BEFORE_LOST) this.abandon(intent, "another transaction has used its nonce");
  }

  /** With an attempt, or undefined if it cannot have one now. */
  private async ready(intent: Intent, market: Market, until: bigint | undefined): Promise<Intent | undefined> {
    if (intent.attempts.length > 0) return intent;
    if (intent.until !== undefined && intent.until < market.now) return this.abandon(intent, "its time is up");
    if (this.inherited.has(intent.id) && !(await this.isStillWanted(intent))) return undefined;
    return this.sign(intent, market, until);
  }

  /** Nobody has seen it, and its process was killed: it is not sent if it would be refused by now. */
  private async isStillWanted(intent: Intent): Promise<boolean> {
    const { to, data, value, blobs } = intent.transaction;
    if (blobs.length > 0) return true;
    try {
      await this.options.provider.estimateGas({ from: this.account.account, to, data, value });
      return true;
    } catch (error) {
      if (isRevert(error)) this.abandon(intent, await explainRevert(error));
      return false;
    }
  }

  /** Signs a further attempt, and writes it down; undefined if limits forbid it. */
  private sign(intent: Intent, market: Market, until: bigint | undefined): Intent | undefined {
    const { key, clock } = this.options;
    const { transaction, text, attempts } = intent;
    const limits = limitsAt(this.policy, market.now, until);
    const fees = offerOf(market, limits, transaction.blobs.length > 0, attempts.at(-1));
    if (fees === undefined) return this.alarms.hold(intent, "the limits of its fees are below what blocks ask for");
    try {
      const worst = { fees: worstFee(transaction, fees), value: transaction.value };
      this.budget.require(text, worst, clock(), intent);
    } catch (error) {
      if (!(error instanceof BudgetExceededError)) throw error;
      return this.alarms.hold(intent, "the budget does not allow to offer what blocks ask for");
    }
    const attempt = signAttempt(intent, fees, key, market.block, clock());
    this.unseen.add(attempt.hash);
    const signed = this.write({ ...intent, attempts: [...attempts, attempt] });
    pointReached("transaction.signed");
    return signed;
  }

  private async broadcast(intent: Intent, sight: Sight): Promise<void> {
    const attempt = intent.attempts.at(-1)!;
    this.broadcastAt.set(attempt.hash, sight.market.block);
    const failure = await this.offerToAll(intent, attempt);
    pointReached("transaction.broadcast");
    // Who mines at once answers with what became of it, and an answer may be lost.
    const latest = await this.mined.find(intent, sight);
    if (latest.mined !== undefined) return;
    if (failure === undefined || failure.kind === "known" || failure.kind === "unreachable") {
      this.unseen.delete(attempt.hash);
      // Nobody may have it, and a network that mines what it is given waits for it: the next look hands it in again.
      if (failure?.kind === "unreachable") this.broadcastAt.delete(attempt.hash);
      this.underpriced.delete(intent.id);
      if (intent.status === "prepared") this.write({ ...intent, status: "sent" });
      pointReached("transaction.sent");
    } else this.takeRefusal(intent, attempt, failure);
  }

  private async offerToAll(
    { transaction }: Intent,
    { raw }: Attempt,
  ): Promise<{ readonly kind: BroadcastFailure; readonly reason: string } | undefined> {
    const { request, blobs } = this.options;
    const form = await networkForm(raw, transaction.blobs, blobs);
    try {
      await request("eth_sendRawTransaction", [form]);
      return undefined;
    } catch (error) {
      return { kind: broadcastFailure(error), reason: (error as Error).message.split("\n")[0] };
    }
  }

  private takeRefusal(
    intent: Intent,
    { hash }: Attempt,
    { kind, reason }: { readonly kind: BroadcastFailure; readonly reason: string },
  ): void {
    // Tried again with the next look; with more, if that was the reason.
    if (kind === "underpriced") {
      this.underpriced.add(intent.id);
      this.broadcastAt.set(hash, -this.policy.stuckAfterBlocks);
    } else this.broadcastAt.delete(hash);
    if (kind === "refused" && intent.attempts.every((attempt) => this.unseen.has(attempt.hash))) {
      this.abandon(intent, reason);
    } else if (kind === "unaffordable" || kind === "refused") this.alarms.hold(intent, reason);
  }

  private abandon(intent: Intent, reason: string): undefined {
    pointReached("transaction.abandoned");
    this.write({ ...intent, status: "abandoned", reason });
    return undefined;
  }

  /** It waits for a block again. */
  private reopened(intent: Intent): void {
    this.alarms.resent(intent, `its block ${intent.mined?.block} was replaced`);
    for (const { hash } of intent.attempts) this.broadcastAt.delete(hash);
  }

  private write(intent: Intent): Intent {
    this.options.journal.update(intent);
    this.changed(intent);
    return intent;
  }
}

/** The first of the clocks that some intents have. */
function earliest(intents: readonly Intent[]): bigint | undefined {
  const clocks = intents.flatMap(({ until, mined }) => (until === undefined || mined !== undefined ? [] : [until]));
  return clocks.reduce<bigint | undefined>(
    (first, clock) => (first === undefined || clock < first ? clock : first),
    undefined,
  );
}
