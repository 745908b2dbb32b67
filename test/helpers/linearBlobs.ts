import { bls12_381 } from "@noble/curves/bls12-381.js";
import { concat, SigningKey, toBeHex, Transaction, type ContractTransaction, type TransactionReceipt } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { keysOf } from "../../plugin/accounts.js";
import { domain, FIELD_ELEMENTS, SCALAR_ORDER, versionedHash } from "../../plugin/blobs/kzg.js";
import { bytesToHex, hexToBytes, type Hex } from "../../plugin/hex.js";

const { G1, fields } = bls12_381;
/** The trusted setup's first power in G1. */
const POWER = G1.Point.fromHex(
  "ad3eb50121139aa34db1d545093ac9374ab7bca2c0f3bf28e27c8dcd8fc7cb42d25926fc0c97b336e9f0fb35e5a04c81",
);
const GAS_LIMIT = 1_000_000n;

/**
 * A blob whose polynomial is `constant + slope * X`. Its commitment and all its proofs are had for the price of two multiplications, under the
 * real trusted setup: whatever is opened, the quotient is the slope.
 */
export class LinearBlob {
  public readonly commitment: Hex;
  /** Of any element, and of the blob as a whole. */
  public readonly proof: Hex;

  public constructor(
    private readonly constant: bigint,
    private readonly slope: bigint,
  ) {
    this.commitment = pointOf(constant, slope);
    this.proof = pointOf(slope, 0n);
  }

  public get versionedHash(): Hex {
    return versionedHash(this.commitment);
  }

  /** The element at `index`, from 0. */
  public element(index: number): Hex {
    return toBeHex((this.constant + this.slope * domain()[index]) % SCALAR_ORDER, 32) as Hex;
  }

  /** The state at `index` of the history that it is, from 1. */
  public state(index: number): Hex {
    return this.element(index - 1);
  }

  public get data(): Uint8Array {
    return hexToBytes(concat(Array.from({ length: FIELD_ELEMENTS }, (_, index) => this.element(index))) as Hex);
  }

  /** What `BlobHistory.commit` takes where this is blob `number` of its transaction. */
  public history(number = 0): Hex {
    return concat([toBeHex(number, 1), this.element(FIELD_ELEMENTS - 1), this.commitment, this.proof]) as Hex;
  }

  /** What `BlobHistory.open` takes. */
  public opening(index: number): Hex {
    return concat([this.commitment, ...(index === 0 ? [] : [this.proof]), this.proof]) as Hex;
  }
}

/**
 * Sends a transaction with blobs past everything that would look at it before.
 * @throws What the network says if it refuses it; if it is mined and reverts, with its data where the network gives it.
 */
export async function sendLinear(
  connection: NetworkConnection,
  from: string,
  transaction: ContractTransaction,
  blobs: readonly Pick<LinearBlob, "data" | "commitment" | "proof">[],
): Promise<TransactionReceipt> {
  const { provider } = connection.ethers;
  const signed = Transaction.from({
    type: 3,
    chainId: (await provider.getNetwork()).chainId,
    nonce: await provider.getTransactionCount(from),
    to: transaction.to,
    data: transaction.data,
    value: transaction.value,
    gasLimit: GAS_LIMIT,
    maxFeePerGas: 10n ** 11n,
    maxPriorityFeePerGas: 1n,
    maxFeePerBlobGas: 10n ** 11n,
    blobs: blobs.map(({ data, commitment, proof }) => ({ data, commitment, proof })),
  });
  signed.signature = new SigningKey((await keysOf(connection)(from as Hex))!).sign(signed.unsignedHash);
  const hash = (await connection.provider.request({
    method: "eth_sendRawTransaction",
    params: [signed.serialized],
  })) as Hex;
  const receipt = await provider.waitForTransaction(hash);
  if (receipt?.status === 1) return receipt;
  throw new Error(`transaction ${hash} reverted`);
}

/** `scalar * G + other * [tau] G`, compressed. */
function pointOf(scalar: bigint, other: bigint): Hex {
  const [ofGenerator, ofPower] = [scalar, other].map((value) => fields.Fr.create(value));
  const point = times(G1.Point.BASE, ofGenerator).add(times(POWER, ofPower));
  return bytesToHex(point.toBytes(true));
}

/** noble multiplies by no zero. */
function times(point: typeof POWER, scalar: bigint): typeof POWER {
  return scalar === 0n ? G1.Point.ZERO : point.multiply(scalar);
}
