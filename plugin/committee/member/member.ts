import { bytesToHex, hexToBytes, ZERO_WORD, type Hex } from "../../hex.js";
import type { Chain } from "../../chain.js";
import type { RollupNode } from "../../node/node.js";
import { WordTree, wordAt } from "../../sources/wordTree.js";
import { orderedBy } from "../batchOrder.js";
import { CERTIFICATE_DOMAIN } from "../bls.js";
import type { CommitteeView } from "../committee.js";
import { batchStatement, type Statement } from "../statement.js";
import type {
  AssertionRequest,
  BatchAnswer,
  BatchRequest,
  MemberAnswer,
  SignatureAnswer,
  WordAnswer,
} from "../wire.js";
import type { BatchStore } from "./batchStore.js";
import { Follower } from "./follower.js";
import { judge } from "./judgement.js";
import { MemberError, Status } from "./memberError.js";
import type { SigningLog } from "./signingLog.js";

/** What signs for a member. */
export interface MemberKey {
  /** 256 bytes. */
  readonly key: Hex;
  sign(digest: Hex, domain: string): Hex;
}

export interface MemberLimits {
  /** The longest batch that it keeps, in bytes. */
  readonly batchBytes: number;
  /** For how long it promises to keep a batch at most, in seconds. */
  readonly retention: number;
  /** For how much longer than promised it keeps them, in seconds: L1's clock and its own may differ, and somebody may be late. */
  readonly grace: number;
  /** How long a request waits for an execution, in milliseconds. */
  readonly patience: number;
}

export const MEMBER_LIMITS: MemberLimits = {
  batchBytes: 2 ** 20,
  retention: 180 * 86_400,
  grace: 30 * 86_400,
  patience: 5_000,
};

/** What a member is made of. */
export interface MemberParts {
  readonly address: Hex;
  readonly key: MemberKey;
  readonly committee: CommitteeView;
  /** Its own node of each chain that it serves. */
  readonly nodes: readonly RollupNode[];
  readonly log: SigningLog;
  readonly store: BatchStore;
  readonly limits: MemberLimits;
}

/** Trees of batches whose words are asked for, the latest: a dispute asks for many words of one. */
const TREES_KEPT = 4;

/** A committee member: keeps batches, executes, and signs what it has checked, each question once. */
export class Member {
  private readonly followers: readonly Follower[];
  private readonly trees = new Map<Hex, { readonly data: Uint8Array; readonly tree: WordTree }>();
  private closed = false;

  public constructor(private readonly parts: MemberParts) {
    this.followers = parts.nodes.map((node) => new Follower(node));
  }

  /** How many statements it has signed, ever. */
  public get signatures(): number {
    return this.parts.log.count;
  }

  /** Who it is, and how far it is. */
  public async identity(): Promise<MemberAnswer> {
    const { address, key, committee } = this.parts;
    const { epoch, seats } = await committee.epoch();
    return {
      member: address,
      key: key.key,
      committee: committee.address,
      chainId: Number(committee.identity.chainId),
      epoch: Number(epoch),
      seat: seats.find(({ member }) => member === address)?.seat ?? null,
      chains: this.followers.map(({ node }) => ({
        name: node.chain.name,
        inbox: node.chain.addresses.inbox,
        rollup: node.chain.addresses.rollup,
        inputs: node.derivation.count,
        executed: Number(node.executor.inputCount),
      })),
    };
  }

  /**
   * Keeps a batch and signs that it does.
   * @throws {MemberError}
   */
  public async signBatch(request: BatchRequest): Promise<BatchAnswer> {
    const { committee, store, limits } = this.parts;
    const data = hexToBytes(request.data);
    if (data.length > limits.batchBytes) {
      const facts = { given: data.length, maximum: limits.batchBytes };
      throw new MemberError(Status.TooLarge, "BATCH_TOO_LONG", "The batch is longer than this member keeps.", facts);
    }
    const { root } = new WordTree(data);
    const length = BigInt(data.length);
    const { chain } = this.chainWhere("inbox", request.inbox).node;
    this.requireOrder(chain, request, root, length);
    const seat = await this.seatIn(BigInt(request.epoch));
    await Promise.all([requireCurrent(committee, request.epoch), this.requireExpiry(chain, request.expiry)]);
    await requireLastInput(chain, request.lastInput);
    const expiry = BigInt(request.expiry);
    const statement = batchStatement(request.inbox, request.lastInput, root, length, expiry);
    const keep = () => store.put(root, data, expiry);
    return { ...this.sign(statement, request.epoch, seat, keep), root, length: data.length };
  }

  /**
   * Signs that an assertion's state is the one that its own node has computed.
   * @throws {MemberError}
   */
  public async signAssertion(request: AssertionRequest): Promise<SignatureAnswer> {
    const follower = this.chainWhere("rollup", request.rollup);
    const seat = await this.seatIn(BigInt(request.epoch));
    await follower.follow(this.parts.limits.patience);
    return this.sign(await judge(follower, request), request.epoch, seat);
  }

  /** The bytes of a batch. @throws {MemberError} */
  public batch(root: Hex): Uint8Array {
    const data = this.parts.store.find(root);
    if (data !== undefined) return data;
    throw new MemberError(Status.NotFound, "BATCH_UNKNOWN", "This member has no such batch.", { root });
  }

  /** A word of a batch, and its proof. @throws {MemberError} */
  public word(root: Hex, index: number): WordAnswer {
    const { data, tree } = this.treeOf(root);
    const count = Math.ceil(data.length / 32);
    if (index >= count) {
      const facts = { given: index, words: count };
      throw new MemberError(Status.NotFound, "WORD_UNKNOWN", "The batch has no such word.", facts);
    }
    const [word, siblings] = [bytesToHex(wordAt(data, index)), bytesToHex(tree.prove(index))];
    return { root, length: data.length, index, word, siblings };
  }

  /** Looks at L1, executes what is new and forgets what nobody was promised any more; to be called now and then. */
  public async keepUp(): Promise<void> {
    const { store, limits, committee } = this.parts;
    await Promise.all(this.followers.map((follower) => follower.follow(limits.patience)));
    const block = await committee.provider.getBlock("latest");
    if (!this.closed && block !== null) store.prune(BigInt(block.timestamp - limits.grace));
  }

  /** Signs nothing any more, and waits until nothing runs. */
  public async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.followers.map((follower) => follower.idle()));
  }

  /** Nothing is signed that is not in the log, on disk, before. */
  private sign(statement: Statement, epoch: number, seat: number, along?: () => void): SignatureAnswer {
    const { log, key, committee } = this.parts;
    if (this.closed) throw new MemberError(Status.NotYet, "CLOSING", "This member is being stopped.");
    log.record(statement, BigInt(epoch), along);
    const digest = committee.digest(BigInt(epoch), statement);
    return { seat, epoch, signature: key.sign(digest, CERTIFICATE_DOMAIN) };
  }

  private chainWhere(name: "inbox" | "rollup", address: Hex): Follower {
    const found = this.followers.find(({ node }) => node.chain.addresses[name] === address);
    if (found !== undefined) return found;
    throw new MemberError(Status.NotFound, "CHAIN_UNKNOWN", "This member does not serve that chain.", {
      given: address,
      served: this.followers.map(({ node }) => node.chain.addresses[name]).join(", "),
    });
  }

  private async seatIn(epoch: bigint): Promise<number> {
    const { committee, address, key } = this.parts;
    const { seats } = await committee.epoch(epoch);
    const seat = seats.find(({ member }) => member === address);
    if (seat?.key === key.key) return seat.seat;
    const facts = { member: address, epoch, current: await committee.currentEpoch() };
    if (seat === undefined && epoch > facts.current) {
      throw new MemberError(Status.NotYet, "EPOCH_UNKNOWN", "This epoch has not begun.", facts);
    }
    throw new MemberError(Status.Forbidden, "NOT_SEATED", "This member has no seat with its key in that epoch.", facts);
  }

  private requireOrder(chain: Chain, request: BatchRequest, root: Hex, length: bigint): void {
    const { inbox, lastInput } = request;
    const order = { inbox, lastInput, root, length, expiry: BigInt(request.expiry) };
    const signer = orderedBy(this.parts.committee.identity, order, request.order);
    if (signer === chain.parameters.sequencer) return;
    throw new MemberError(Status.Forbidden, "NOT_SEQUENCER", "Only the chain's sequencer has batches kept.", {
      given: signer ?? "no signature",
      expected: chain.parameters.sequencer,
    });
  }

  private async requireExpiry(chain: Chain, expiry: number): Promise<void> {
    const now = Number(await chain.now());
    const latest = now + this.parts.limits.retention;
    if (expiry > now && expiry <= latest) return;
    const facts = { given: expiry, now, latest };
    throw new MemberError(Status.Conflict, "EXPIRY_OUT_OF_RANGE", "This member keeps no batch until then.", facts);
  }

  private treeOf(root: Hex): { readonly data: Uint8Array; readonly tree: WordTree } {
    const known = this.trees.get(root);
    if (known !== undefined) return known;
    const data = this.batch(root);
    const made = { data, tree: new WordTree(data) };
    this.trees.set(root, made);
    if (this.trees.size > TREES_KEPT) this.trees.delete(this.trees.keys().next().value ?? root);
    return made;
  }
}

async function requireCurrent(committee: CommitteeView, epoch: number): Promise<void> {
  const current = await committee.currentEpoch();
  if (BigInt(epoch) === current) return;
  const facts = { given: epoch, current };
  throw new MemberError(
    Status.NotYet,
    "EPOCH_DIFFERS",
    "Another epoch is the current one, as this member sees L1.",
    facts,
  );
}

/** Its own view of L1 decides. A member that is behind says so, and may be asked again. */
async function requireLastInput({ contracts: { inbox } }: Chain, given: Hex): Promise<void> {
  const count = await inbox.count();
  const found = count === 0n ? ZERO_WORD : await inbox.inputHash(count - 1n);
  if (found === given) return;
  throw new MemberError(Status.NotYet, "LAST_INPUT_DIFFERS", "The inbox ends otherwise, as this member sees L1.", {
    given,
    found,
    inputs: count,
  });
}
