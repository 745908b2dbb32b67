import { Contract, type Provider } from "ethers";

import type { Committee } from "../../types/ethers-contracts/committee/Committee.js";
import { artifactOf } from "../artifacts.js";
import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import { EventReader, type ChainEvent } from "../node/eventReader.js";
import { blockHeader, type RawProvider } from "./blockHeader.js";
import { readSeats, type Seat } from "./seats.js";
import { possessionDigest, statementDigest, type CommitteeIdentity, type Statement } from "./statement.js";

/** Twin of `CommitteeParameters`. Amounts in units of the token, times in seconds. */
export interface CommitteeParameters {
  /** Zero for ether. */
  readonly token: Hex;
  readonly stake: bigint;
  readonly size: number;
  readonly epochBlocks: number;
  readonly freezeBlocks: number;
  readonly unbonding: number;
  /** In basis points. */
  readonly reporterShare: number;
}

/** Twin of `MemberStatus`. */
export const MEMBER_STATUSES = ["none", "bonded", "leaving", "slashed"] as const;
export type MemberStatus = (typeof MEMBER_STATUSES)[number];

/** A member as the committee keeps it. */
export interface MemberRecord {
  readonly address: Hex;
  readonly status: MemberStatus;
  /** 256 bytes; undefined of those who never registered or have taken their stake back. */
  readonly key: Hex | undefined;
  /** Whether it may be drawn. */
  readonly pooled: boolean;
  /** The epoch in which it left, if it has. */
  readonly leftIn: bigint | undefined;
}

/** One epoch. */
export interface CommitteeEpoch {
  readonly epoch: bigint;
  /** In seconds; 0 if it has not begun. */
  readonly startedAt: bigint;
  /** None if the pool was too small: then no certificate is good. */
  readonly seats: readonly Seat[];
  /** Seats that do not count any more, as a bitmap. */
  readonly struck: bigint;
}

/** What anyone can do about the next epoch: `turn` it, `postpone` a draw that the L1 has forgotten, or wait until block `drawBlock` is there. */
export interface NextTurn {
  readonly action: "wait" | "turn" | "postpone";
  readonly drawBlock: bigint;
  /** The latest block. */
  readonly block: bigint;
}

/** One deployed committee, seen through a provider of its settlement layer. Keeps nothing: a reorganization cannot mislead it. */
export class CommitteeView {
  private constructor(
    public readonly identity: CommitteeIdentity,
    public readonly parameters: CommitteeParameters,
    /** For transactions, with a signer: `contract.connect(signer)`. */
    public readonly contract: Committee,
    public readonly provider: Provider,
  ) {}

  /**
   * Connects to a committee and reads its parameters.
   * @throws {RollupError} `COMMITTEE_MISSING` if there is none at `address`.
   */
  public static async connect(address: Hex, provider: Provider): Promise<CommitteeView> {
    const { abi } = await artifactOf("committee/Committee.sol");
    const contract = new Contract(address, abi, provider) as unknown as Committee;
    const [{ chainId }, code] = await Promise.all([provider.getNetwork(), provider.getCode(address)]);
    if (code === "0x") {
      throw new RollupError("COMMITTEE_MISSING", "There is no committee at this address.", { address, chainId });
    }
    const identity = { chainId, address: address.toLowerCase() as Hex };
    return new CommitteeView(identity, await readParameters(contract), contract, provider);
  }

  public get address(): Hex {
    return this.identity.address;
  }

  public currentEpoch(): Promise<bigint> {
    return this.contract.currentEpoch();
  }

  /** The epoch that was active at `time`, in seconds. */
  public epochAt(time: bigint): Promise<bigint> {
    return this.contract.epochAt(time);
  }

  /** From when on the stakes of those are free who left in an epoch, in seconds; undefined while it is not over. */
  public async freeAt(epoch: bigint): Promise<bigint | undefined> {
    const { startedAt } = await this.contract.epochs(epoch + 1n);
    return startedAt === 0n ? undefined : startedAt + BigInt(this.parameters.unbonding);
  }

  /** Whether the certificates of an epoch's members are still recorded: until they may have withdrawn their stakes. */
  public async isBonded(epoch: bigint): Promise<boolean> {
    const free = await this.freeAt(epoch);
    return free === undefined || (await this.now()) < free;
  }

  /** Of the latest block, in seconds. */
  public async now(): Promise<bigint> {
    return BigInt((await this.provider.getBlock("latest"))!.timestamp);
  }

  /** An epoch with its seats; the current one if none is given. */
  public async epoch(epoch?: bigint): Promise<CommitteeEpoch> {
    const number = epoch ?? (await this.currentEpoch());
    const [{ seats, startedAt }, struck] = await Promise.all([
      this.contract.epochs(number),
      this.contract.struck(number),
    ]);
    const code = BigInt(seats) === 0n ? "0x" : await this.provider.getCode(seats);
    return { epoch: number, startedAt, seats: readSeats(code as Hex), struck };
  }

  /** The seats of an epoch that count though their members were slashed. */
  public async strikable(epoch: bigint): Promise<number[]> {
    const { seats, struck } = await this.epoch(epoch);
    const counted = seats.filter(({ seat }) => ((struck >> BigInt(seat)) & 1n) === 0n);
    const records = await Promise.all(counted.map(({ member }) => this.contract.members(member)));
    return counted.filter((_, at) => MEMBER_STATUSES[Number(records[at].status)] === "slashed").map(({ seat }) => seat);
  }

  /** What the committee knows of an account. */
  public async member(address: Hex): Promise<MemberRecord> {
    const { place, leftIn, status } = await this.contract.members(address);
    const known = MEMBER_STATUSES[Number(status)];
    return {
      address: address.toLowerCase() as Hex,
      status: known,
      key: known === "none" ? undefined : ((await this.contract.keyOf(address)) as Hex),
      pooled: place !== 0n,
      leftIn: known === "leaving" ? leftIn : undefined,
    };
  }

  public async poolSize(): Promise<number> {
    return Number(await this.contract.poolSize());
  }

  /** All who may be drawn, by their places. */
  public async pool(): Promise<Hex[]> {
    const places = Array.from({ length: await this.poolSize() }, (_, place) => place);
    const members = await Promise.all(places.map((place) => this.contract.poolAt(place)));
    return members.map((member) => member.toLowerCase() as Hex);
  }

  /** The block whose randomness draws the next epoch. */
  public drawBlock(): Promise<bigint> {
    return this.contract.drawBlock();
  }

  /** Whether nobody can join or leave until the epoch is turned. */
  public frozen(): Promise<boolean> {
    return this.contract.frozen();
  }

  /** What can be done about the next epoch in the next block. */
  public async nextTurn(): Promise<NextTurn> {
    const [drawBlock, latest] = await Promise.all([this.drawBlock(), this.provider.getBlockNumber()]);
    const block = BigInt(latest);
    if (block < drawBlock) return { action: "wait", drawBlock, block };
    const missed = await this.contract.postpone.staticCall({ blockTag: "pending" }).then(
      () => true,
      () => false,
    );
    return { action: missed ? "postpone" : "turn", drawBlock, block };
  }

  /**
   * What `turn` takes: the header of the block that draws.
   * @throws {RollupError} As `blockHeader`.
   */
  public async drawHeader(raw: RawProvider): Promise<Hex> {
    return blockHeader(raw, await this.drawBlock());
  }

  /** What the members of an epoch sign of a statement. */
  public digest(epoch: bigint, statement: Statement): Hex {
    return statementDigest(this.identity, epoch, statement);
  }

  /** What a member signs to show that it has its key's secret. */
  public possessionDigest(member: Hex, key: Hex): Hex {
    return possessionDigest(this.identity, member, key);
  }

  /** Who is recorded to have signed a statement about an assertion, less the struck, as a bitmap of seats. */
  public attesters(epoch: bigint, statement: Statement): Promise<bigint> {
    return this.contract.attesters(epoch, this.digest(epoch, statement));
  }

  /** All that has happened since a block, in its order. */
  public events(fromBlock: number): Promise<ChainEvent[]> {
    return new EventReader(this.provider, new Map([[this.address, this.contract.interface]]), fromBlock).read();
  }
}

async function readParameters(contract: Committee): Promise<CommitteeParameters> {
  const { token, stake, size, epochBlocks, freezeBlocks, unbonding, reporterShare } = await contract.parameters();
  return {
    token: token.toLowerCase() as Hex,
    stake,
    size: Number(size),
    epochBlocks: Number(epochBlocks),
    freezeBlocks: Number(freezeBlocks),
    unbonding: Number(unbonding),
    reporterShare: Number(reporterShare),
  };
}
