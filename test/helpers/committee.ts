import type { HardhatEthers, HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { NetworkHelpers, SnapshotRestorer } from "@nomicfoundation/hardhat-network-helpers/types";
import { keccak256, toUtf8Bytes } from "ethers";
import { network } from "hardhat";

import { blockHeader } from "../../plugin/committee/blockHeader.js";
import { CERTIFICATE_DOMAIN, POSSESSION_DOMAIN, SecretKey } from "../../plugin/committee/bls.js";
import {
  certify,
  possessionDigest,
  statementDigest,
  type Certificate,
  type CommitteeIdentity,
  type Statement,
} from "../../plugin/committee/statement.js";
import { hexToBytes, ZERO_WORD, type Hex } from "../../plugin/hex.js";
import type { Committee } from "../../types/ethers-contracts/index.js";

/** What a test may choose about its committee. */
export interface CommitteeOptions {
  size?: number;
  /** Members that are registered at first. */
  pool?: number;
  stake?: bigint;
  epochBlocks?: number;
  freezeBlocks?: number;
  unbonding?: number;
  reporterShare?: number;
  /** Address of a token; ether if absent. */
  token?: string;
}

export const COMMITTEE_DEFAULTS = {
  size: 4,
  pool: 5,
  stake: 10n ** 18n,
  epochBlocks: 20,
  freezeBlocks: 3,
  unbonding: 1000,
  reporterShare: 1000,
  token: `0x${"00".repeat(20)}`,
} as const;

/** A member of a test's committee. */
export interface TestMember {
  readonly signer: HardhatEthersSigner;
  readonly secret: SecretKey;
}

/** A committee with the secrets of all its members. */
export class TestCommittee {
  private readonly secrets = new Map<string, SecretKey>();

  public constructor(
    public readonly contract: Committee,
    public readonly identity: CommitteeIdentity,
    public readonly people: readonly HardhatEthersSigner[],
    public readonly options: Required<CommitteeOptions>,
    public readonly ethers: HardhatEthers,
    public readonly helpers: NetworkHelpers,
  ) {}

  /** The same secret for the same account, on every run. */
  public secretOf(account: string): SecretKey {
    const known = this.secrets.get(account.toLowerCase());
    const secret = known ?? SecretKey.generate(hexToBytes((keccak256(toUtf8Bytes(account)) + "00".repeat(16)) as Hex));
    this.secrets.set(account.toLowerCase(), secret);
    return secret;
  }

  /** What an account registers with. */
  public registration(account: string): { key: Hex; proof: Hex } {
    const secret = this.secretOf(account);
    const digest = possessionDigest(this.identity, account as Hex, secret.key);
    return { key: secret.key, proof: secret.sign(digest, POSSESSION_DOMAIN) };
  }

  /** Registers an account. */
  public async register(signer: HardhatEthersSigner): Promise<void> {
    const { key, proof } = this.registration(signer.address);
    const value = this.options.token === COMMITTEE_DEFAULTS.token ? this.options.stake : 0n;
    await this.contract.connect(signer).register(key, proof, { value });
  }

  /** The header of the block that draws, once that is past. */
  public async drawHeader(): Promise<Hex> {
    const draw = await this.contract.drawBlock();
    const latest = BigInt(await this.ethers.provider.getBlockNumber());
    if (latest <= draw) await this.helpers.mine(draw - latest + 1n);
    return blockHeader(this.ethers.provider, draw);
  }

  /** Begins the next epoch. */
  public async turn(): Promise<bigint> {
    await this.contract.turn(await this.drawHeader());
    return this.contract.currentEpoch();
  }

  /** The certificate of the members in the given seats; of all if none are given. */
  public async certificate(epoch: bigint, statement: Statement, seats?: readonly number[]): Promise<Certificate> {
    const digest = statementDigest(this.identity, epoch, statement);
    const members = await this.contract.seated(epoch);
    const chosen = seats ?? members.map((_, seat) => seat);
    return certify(
      chosen.map((seat) => ({ seat, signature: this.secretOf(members[seat]).sign(digest, CERTIFICATE_DOMAIN) })),
    );
  }

  /** Slashes whoever has the given seats of an epoch, by two statements that they sign. */
  public async slash(epoch: bigint, seats: readonly number[]): Promise<void> {
    const [truth, lie] = [testStatement(), testStatement({ value: `0x${"66".repeat(32)}` })];
    const [a, b] = [await this.certificate(epoch, truth, seats), await this.certificate(epoch, lie, seats)];
    await this.contract.slashConflict(epoch, truth, a, epoch, lie, b);
  }

  /** The signer of an account. */
  public signerOf(account: string): HardhatEthersSigner {
    return this.people.find(({ address }) => address === account)!;
  }
}

/** Deploys a committee on a network of its own, with `pool` members and no epoch yet. */
export async function deployCommittee(given: CommitteeOptions = {}): Promise<TestCommittee> {
  const connection = await network.create();
  return deployCommitteeOn(connection, given);
}

/** Deploys a committee on a network that is there. */
export async function deployCommitteeOn(
  connection: { readonly ethers: HardhatEthers; readonly networkHelpers: NetworkHelpers },
  given: CommitteeOptions = {},
): Promise<TestCommittee> {
  const options = { ...COMMITTEE_DEFAULTS, ...given };
  const { ethers, networkHelpers } = connection;
  const { pool, ...parameters } = options;
  const contract = await ethers.deployContract("Committee", [parameters]);
  const { chainId } = await ethers.provider.getNetwork();
  const identity = { chainId, address: (await contract.getAddress()).toLowerCase() as Hex };
  const people = await ethers.getSigners();
  const committee = new TestCommittee(contract, identity, people, options, ethers, networkHelpers);
  for (const signer of people.slice(0, pool)) await committee.register(signer);
  return committee;
}

/** A fixture: the same committee in its first epoch, on every call. */
export function committeeFixture(options: CommitteeOptions = {}): () => Promise<TestCommittee> {
  let kept: { committee: TestCommittee; snapshot: SnapshotRestorer } | undefined;
  return async () => {
    if (kept === undefined) {
      const committee = await deployCommittee(options);
      await committee.turn();
      kept = { committee, snapshot: await committee.helpers.takeSnapshot() };
    } else {
      await kept.snapshot.restore();
    }
    return kept.committee;
  };
}

/** A statement that differs from others by what is given. */
export function testStatement(given: Partial<Statement> = {}): Statement {
  const word = (text: string): Hex => keccak256(toUtf8Bytes(text)) as Hex;
  return {
    purpose: 0,
    subject: `0x${"ab".repeat(20)}`,
    parent: word("parent"),
    accumulator: ZERO_WORD,
    value: word("value"),
    expiry: 0n,
    ...given,
  };
}
