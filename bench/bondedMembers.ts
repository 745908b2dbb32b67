import { bls12_381 } from "@noble/curves/bls12-381.js";
import { toBeHex } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import {
  CERTIFICATE_DOMAIN,
  encodeKey,
  encodeSignature,
  hashToG1,
  POSSESSION_DOMAIN,
} from "../plugin/committee/bls.js";
import type { CommitteeView } from "../plugin/committee/committee.js";
import type { Certificate, Statement } from "../plugin/committee/statement.js";
import type { Hex } from "../plugin/hex.js";

const ETHER = 10n ** 18n;
/** Accounts of members: nobody has their keys, the network sends for them. */
const FIRST_ACCOUNT = 0x1000_0000n;
const GAS = "0x200000";

/**
 * A committee's members whose secrets are 1, 2, 3 and so on: each key is the last one plus the generator, and what many sign is what one signs
 * whose secret is the sum of theirs. A thousand of them register in seconds.
 */
export class BondedMembers {
  private count = 0n;
  private key = bls12_381.G2.Point.ZERO;

  public constructor(
    private readonly connection: NetworkConnection,
    private readonly committee: CommitteeView,
  ) {}

  /** Registers more members until there are so many; gives what the last one took, in gas. */
  public async register(count: number): Promise<bigint> {
    let gas = 0n;
    while (this.count < count) gas = await this.registerNext();
    return gas;
  }

  /** Begins the next epoch; gives what that took, in gas. */
  public async turn(): Promise<bigint> {
    const { committee, connection } = this;
    const missing = (await committee.drawBlock()) + 1n - BigInt(await connection.ethers.provider.getBlockNumber());
    if (missing > 0n) await this.request("hardhat_mine", `0x${missing.toString(16)}`);
    const header = await committee.drawHeader(connection.ethers.provider);
    const [signer] = await connection.ethers.getSigners();
    const sent = await committee.contract.connect(signer).turn(header);
    return (await sent.wait())!.gasUsed;
  }

  /** What the members in the first `signers` seats of the current epoch sign. */
  public async certificate(statement: Statement, signers: number): Promise<Certificate> {
    const { epoch, seats } = await this.committee.epoch();
    const secrets = seats.slice(0, signers).map(({ member }) => BigInt(member) - FIRST_ACCOUNT);
    const secret = secrets.reduce((sum, one) => sum + one, 0n);
    const point = hashToG1(this.committee.digest(epoch, statement), CERTIFICATE_DOMAIN).multiplyUnsafe(secret);
    return { signers: (1n << BigInt(signers)) - 1n, signature: encodeSignature(point) };
  }

  /** What checking such a certificate takes as a whole transaction, in gas. */
  public async check(statement: Statement, signers: number): Promise<bigint> {
    const certificate = await this.certificate(statement, signers);
    const [signer] = await this.connection.ethers.getSigners();
    const { contract } = this.committee;
    const call = await contract.check.populateTransaction(await this.committee.currentEpoch(), statement, certificate);
    return (await (await signer.sendTransaction(call)).wait())!.gasUsed;
  }

  private async registerNext(): Promise<bigint> {
    this.count += 1n;
    this.key = this.key.add(bls12_381.G2.Point.BASE);
    const member = toBeHex(FIRST_ACCOUNT + this.count, 20) as Hex;
    const key = encodeKey(this.key);
    const digest = this.committee.possessionDigest(member, key);
    const proof = encodeSignature(hashToG1(digest, POSSESSION_DOMAIN).multiplyUnsafe(this.count));
    const { stake } = this.committee.parameters;
    const data = this.committee.contract.interface.encodeFunctionData("register", [key, proof]);
    const value = `0x${stake.toString(16)}`;
    await this.request("hardhat_setBalance", member, `0x${(stake + ETHER).toString(16)}`);
    await this.request("hardhat_impersonateAccount", member);
    const transaction = { from: member, to: this.committee.address, data, value, gas: GAS };
    const hash = await this.request("eth_sendTransaction", transaction);
    const receipt = await this.connection.ethers.provider.getTransactionReceipt(hash as string);
    if (receipt?.status !== 1) throw new Error(`Member ${this.count} could not register.`);
    return receipt.gasUsed;
  }

  private request(method: string, ...params: unknown[]): Promise<unknown> {
    return this.connection.provider.request({ method, params });
  }
}
