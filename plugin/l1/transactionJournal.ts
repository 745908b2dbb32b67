import { RollupError } from "../errors.js";
import { holdsKey, isOpen, type Intent, type JournalAccount, type NewIntent } from "./intent.js";

/**
 * What accounts want to have done on their settlement layers and what came of it. An intent is written before anything of it is broadcast, and a signed
 * attempt before it is: who is killed at any instant finds here what others may have seen of it. What a method writes is kept when it returns.
 * One process has a journal at a time.
 */
export interface TransactionJournal {
  /**
   * Writes an intent, and gives it its place.
   * @throws {IntentTakenError} If one under its key may be or was done, or an open one of the account has its nonce.
   */
  add(intent: NewIntent): Intent;

  /**
   * Replaces what is known of an intent.
   * @throws {RollupError} `INTENT_UNKNOWN` if there is none with its `id`.
   */
  update(intent: Intent): void;

  /** The last intent that an account had under a key. */
  find(account: JournalAccount, key: string): Intent | undefined;

  /** The intents of an account whose nonces may still be used by them, the lowest nonce first. */
  open(account: JournalAccount): readonly Intent[];

  /** All intents of an account, in the order in which they were added. */
  all(account: JournalAccount): Iterable<Intent>;
}

/** Something under the same key, or with the same nonce, is in the journal. */
export class IntentTakenError extends RollupError {
  public constructor(
    given: NewIntent,
    public readonly taken: Intent,
  ) {
    super("INTENT_TAKEN", "The journal of transactions has this already.", {
      given: `${given.key}, nonce ${given.nonce}`,
      expected: "a key that is free, and a nonce of its own",
      taken: `${taken.key}, nonce ${taken.nonce}, ${taken.status}`,
    });
  }
}

/** There is no such intent in a journal. */
export function intentUnknown({ id, key }: Intent): RollupError {
  return new RollupError("INTENT_UNKNOWN", "The journal of transactions has no such intent.", {
    given: `${key}, ${id}`,
  });
}

/** What of a journal's intents keeps another from being added; for journals to use. @param found The last one under its key. @param open The account's. */
export function requireFree(given: NewIntent, found: Intent | undefined, open: readonly Intent[]): void {
  const taken = found !== undefined && holdsKey(found) ? found : open.find(({ nonce }) => nonce === given.nonce);
  if (taken !== undefined) throw new IntentTakenError(given, taken);
}

/** A journal that ends with its process: for commands, which wait for what they send, and tests. */
export class MemoryJournal implements TransactionJournal {
  private readonly intents: Intent[] = [];

  public add(intent: NewIntent): Intent {
    requireFree(intent, this.find(intent, intent.key), this.open(intent));
    const added = { ...intent, id: this.intents.length + 1 };
    this.intents.push(added);
    return added;
  }

  public update(intent: Intent): void {
    if (this.intents[intent.id - 1] === undefined) throw intentUnknown(intent);
    this.intents[intent.id - 1] = intent;
  }

  public find(account: JournalAccount, key: string): Intent | undefined {
    return this.all(account).findLast((intent) => intent.key === key);
  }

  public open(account: JournalAccount): readonly Intent[] {
    return this.all(account)
      .filter(isOpen)
      .sort((a, b) => a.nonce - b.nonce);
  }

  public all({ account, chainId }: JournalAccount): Intent[] {
    return this.intents.filter((intent) => intent.account === account && intent.chainId === chainId);
  }
}
