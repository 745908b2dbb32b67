import { Contract, type Signer } from "ethers";

import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import type { OnEvent } from "../node/events.js";
import { Sender, type Done } from "../node/sender.js";
import { POSSESSION_DOMAIN, type SecretKey } from "./bls.js";
import type { RawProvider } from "./blockHeader.js";
import type { CommitteeView, MemberStatus } from "./committee.js";
import type { Evidence } from "./evidence.js";

/** What became of an attempt to begin the next epoch. */
export type Rotation =
  | { readonly action: "turn" | "postpone"; readonly done: Done }
  /** Nothing can be done before so many more blocks. */
  | { readonly action: "wait"; readonly blocks: bigint; readonly drawBlock: bigint };

/** What became of an attempt to leave. */
export type Leaving =
  | { readonly action: "resign" | "withdraw"; readonly epoch: bigint; readonly done: Done }
  /** The stake is free from `freeAt` on, in seconds; undefined while `epoch`, in which the member left, is not over. */
  | { readonly action: "wait"; readonly epoch: bigint; readonly freeAt: bigint | undefined };

/** Who lost a stake, and what the reporter earned. */
export interface Slashing {
  readonly done: Done;
  readonly slashed: readonly Hex[];
  /** In wei or the token's smallest units. */
  readonly reward: bigint;
}

const TOKEN = [
  "function allowance(address owner, address spender) view returns (uint256)",
  "function approve(address spender, uint256 amount) returns (bool)",
];
const ETHER = 0n;

/** Somebody who deals with a committee: joins it, begins its epochs, shows evidence against its members. Anyone may. */
export class CommitteeUser {
  public readonly sender: Sender;

  /** @param raw Gives blocks as the node has them. */
  public constructor(
    public readonly committee: CommitteeView,
    signer: Signer,
    private readonly raw: RawProvider,
    onEvent?: OnEvent,
  ) {
    this.sender = new Sender(signer, onEvent);
  }

  /**
   * Joins the pool with a key and a stake; a stake in tokens is approved first.
   * @throws {RollupError} `ALREADY_REGISTERED`, `POOL_FROZEN`, and as `Sender.send`.
   */
  public async register(secret: SecretKey): Promise<Done> {
    const { contract, parameters, address } = this.committee;
    const member = await this.sender.address();
    await this.requireUnknown(member);
    await this.requireThawed();
    const inToken = BigInt(parameters.token) !== ETHER;
    if (inToken) await this.approve(member);
    const { key } = secret;
    const proof = secret.sign(this.committee.possessionDigest(member, key), POSSESSION_DOMAIN);
    const value = inToken ? 0n : parameters.stake;
    const populated = contract.register.populateTransaction(key, proof, { value, from: member });
    return this.sender.send("register", `register with committee ${address.slice(0, 10)}`, populated);
  }

  /**
   * Leaves the pool, or takes the stake home of who has left for long enough, or says what that waits for.
   * @throws {RollupError} `NOT_A_MEMBER`, `POOL_FROZEN`, and as `Sender.send`.
   */
  public async leave(): Promise<Leaving> {
    const { committee, sender } = this;
    const member = await sender.address();
    const { status, leftIn } = await committee.member(member);
    const name = `committee ${committee.address.slice(0, 10)}`;
    if (status === "bonded") {
      await this.requireThawed();
      const epoch = await committee.currentEpoch();
      const done = await sender.send("resign", `leave ${name}`, committee.contract.resign.populateTransaction());
      return { action: "resign", epoch, done };
    }
    if (leftIn === undefined) throw notMember(member, status);
    const freeAt = await committee.freeAt(leftIn);
    if (freeAt === undefined || (await committee.now()) < freeAt) return { action: "wait", epoch: leftIn, freeAt };
    const text = `take the stake back from ${name}`;
    const done = await sender.send("withdraw", text, committee.contract.withdraw.populateTransaction());
    return { action: "withdraw", epoch: leftIn, done };
  }

  /** Begins the next epoch, or fixes another draw where the L1 has forgotten it, or says what that waits for. */
  public async rotate(): Promise<Rotation> {
    const { contract } = this.committee;
    const { action, drawBlock, block } = await this.committee.nextTurn();
    if (action === "wait") return { action, drawBlock, blocks: drawBlock - block };
    if (action === "postpone") {
      const text = `postpone the draw: L1 has forgotten block ${drawBlock}`;
      return { action, done: await this.sender.send("rotate", text, contract.postpone.populateTransaction()) };
    }
    const header = await this.committee.drawHeader(this.raw);
    const text = `begin the next epoch, drawn by block ${drawBlock}`;
    return { action, done: await this.sender.send("rotate", text, contract.turn.populateTransaction(header)) };
  }

  /** Takes the stakes of all who have signed both statements. */
  public async slashConflict({ a, b }: Evidence): Promise<Slashing> {
    const populated = this.committee.contract.slashConflict.populateTransaction(
      a.epoch,
      a.statement,
      a.certificate,
      b.epoch,
      b.statement,
      b.certificate,
    );
    return this.slashed(await this.sender.send("slash", "slash who signed both of two statements", populated));
  }

  /** Takes the stakes of all who are recorded to have attested an assertion that a dispute has shown wrong. */
  public async slashWrong(rollup: Hex, assertion: Hex, epoch: bigint): Promise<Slashing> {
    const populated = this.committee.contract.slashWrong.populateTransaction(rollup, assertion, epoch);
    const text = `slash who attested ${assertion.slice(0, 10)}, which is wrong`;
    return this.slashed(await this.sender.send("slash", text, populated));
  }

  /**
   * Strikes the seats that slashed members have in other epochs than those of the evidence: what they have signed there counts no more. Of all
   * epochs whose members are bonded, since what they have attested may still be pending on any chain.
   */
  public async strike(): Promise<Done[]> {
    const { committee } = this;
    const done: Done[] = [];
    let epoch = await committee.currentEpoch();
    for (; epoch > 0n && (await committee.isBonded(epoch)); epoch--) {
      for (const seat of await committee.strikable(epoch)) {
        const text = `strike seat ${seat} of epoch ${epoch}, whose member was slashed`;
        done.push(await this.sender.send("slash", text, committee.contract.strike.populateTransaction(epoch, seat)));
      }
    }
    return done;
  }

  /** Pays out what evidence has earned; undefined if that is nothing. */
  public async collect(): Promise<Done | undefined> {
    const { contract } = this.committee;
    const me = await this.sender.address();
    if ((await contract.credit(me)) === 0n) return undefined;
    return this.sender.send("collect", "collect the reporter's share", contract.withdrawCredit.populateTransaction(me));
  }

  private slashed(done: Done): Slashing {
    const { interface: known } = this.committee.contract;
    const events = done.receipt.logs
      .map((log) => known.parseLog(log))
      .filter((event) => event?.name === "MemberSlashed")
      .map((event) => event!.args as unknown as { readonly member: string; readonly reward: bigint });
    const slashed = events.map(({ member }) => member.toLowerCase() as Hex);
    return { done, slashed, reward: events.reduce((sum, { reward }) => sum + reward, 0n) };
  }

  private async requireUnknown(member: Hex): Promise<void> {
    const { status } = await this.committee.member(member);
    if (status === "none") return;
    throw new RollupError("ALREADY_REGISTERED", "This account is known to the committee.", {
      member,
      status,
      do: "use another account; one that has left may register again once it has taken its stake back",
    });
  }

  private async requireThawed(): Promise<void> {
    if (!(await this.committee.frozen())) return;
    const { action, drawBlock, block } = await this.committee.nextTurn();
    throw new RollupError("POOL_FROZEN", "Nobody joins or leaves until the next epoch has begun.", {
      drawBlock,
      block,
      do: action === "wait" ? `wait ${drawBlock - block} blocks, then rollup:rotate` : "rollup:rotate",
    });
  }

  private async approve(member: Hex): Promise<void> {
    const { parameters, address } = this.committee;
    const token = new Contract(parameters.token, TOKEN, this.sender.signer);
    if (((await token.allowance(member, address)) as bigint) >= parameters.stake) return;
    await this.sender.send(
      "register",
      "approve the stake",
      token.approve.populateTransaction(address, parameters.stake),
    );
  }
}

function notMember(member: Hex, status: MemberStatus): RollupError {
  return new RollupError("NOT_A_MEMBER", "This account has no stake with the committee.", {
    member,
    status,
    do: status === "slashed" ? "nothing brings a forfeited stake back" : "name the member's account with --from",
  });
}
