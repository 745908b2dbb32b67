import type { Provider } from "ethers";

import type { BlobAccess } from "../blobs/access.js";
import { BLOB_GAS, blobBaseFee } from "../node/blobFees.js";
import type { Attempt, IntendedTransaction } from "./intent.js";

/** What is offered for a transaction, in wei. */
export type Fees = Pick<Attempt, "maxFeePerGas" | "maxPriorityFeePerGas" | "maxFeePerBlobGas">;

/** What the next block will ask for, in wei, and when that was. */
export interface Market {
  /** The latest block's number. */
  readonly block: number;
  /** Its timestamp, in seconds. */
  readonly now: bigint;
  readonly baseFee: bigint;
  readonly priorityFee: bigint;
  /** 0 on settlement layers without blobs. */
  readonly blobBaseFee: bigint;
}

/** The most that may be offered, in wei. */
export interface FeeLimits {
  /** For a unit of gas, as long as there is time; 200 gwei if absent. */
  readonly maxFeePerGas: bigint;
  /** When a clock runs out; 2,000 gwei if absent. */
  readonly urgentMaxFeePerGas: bigint;
  /** For a unit of blob gas, as long as there is time; 200 gwei if absent. */
  readonly maxFeePerBlobGas: bigint;
  /** When a clock runs out; 2,000 gwei if absent. */
  readonly urgentMaxFeePerBlobGas: bigint;
  /** So long before a clock runs out, in seconds, the limits begin to rise from the former to the latter; 3 hours if absent. */
  readonly urgentBefore: bigint;
}

const GWEI = 10n ** 9n;
export const FEE_LIMITS: FeeLimits = {
  maxFeePerGas: 200n * GWEI,
  urgentMaxFeePerGas: 2_000n * GWEI,
  maxFeePerBlobGas: 200n * GWEI,
  urgentMaxFeePerBlobGas: 2_000n * GWEI,
  urgentBefore: 10_800n,
};

/** What the base fee may become while a transaction waits. */
const FEE_MARGIN = 2n;
/** What is offered for blobs, in their present prices: replacing a transaction with blobs costs twice as much each time. */
const BLOB_FEE_MARGIN = 64n;
/** A base fee grows by an eighth from one block to the next at most. */
const NEXT_BLOCK = { numerator: 9n, denominator: 8n };

/** Reads what the next block will ask for. */
export async function readMarket(provider: Provider, request: BlobAccess["request"], blobs: boolean): Promise<Market> {
  const [block, priorityFee, blobFee] = await Promise.all([
    provider.getBlock("latest"),
    request("eth_maxPriorityFeePerGas", []).then(
      (fee) => BigInt(fee as string),
      () => GWEI,
    ),
    blobs ? blobBaseFee({ request } as BlobAccess) : undefined,
  ]);
  if (block === null) throw new Error("The provider does not give its latest block.");
  const { number, timestamp, baseFeePerGas } = block;
  return {
    block: number,
    now: BigInt(timestamp),
    baseFee: baseFeePerGas ?? 0n,
    priorityFee,
    blobBaseFee: blobFee ?? 0n,
  };
}

/** The limits that hold for a transaction that must be mined until `until`. */
export function limitsAt(
  limits: FeeLimits,
  now: bigint,
  until: bigint | undefined,
): Omit<Fees, "maxPriorityFeePerGas"> {
  const { urgentBefore } = limits;
  const passed = until === undefined ? 0n : now - (until - urgentBefore);
  const share = passed < 0n ? 0n : passed > urgentBefore ? urgentBefore : passed;
  const between = (patient: bigint, urgent: bigint): bigint =>
    urgentBefore === 0n || urgent <= patient ? patient : patient + ((urgent - patient) * share) / urgentBefore;
  return {
    maxFeePerGas: between(limits.maxFeePerGas, limits.urgentMaxFeePerGas),
    maxFeePerBlobGas: between(limits.maxFeePerBlobGas, limits.urgentMaxFeePerBlobGas),
  };
}

/**
 * What to offer for a transaction.
 * @param last What was offered for it before, which has to be exceeded by so much that nodes take the replacement.
 * @returns undefined if the limits do not allow what the next block may ask for, or what a replacement has to offer.
 */
export function offerOf(
  market: Market,
  limits: Omit<Fees, "maxPriorityFeePerGas">,
  blobs: boolean,
  last?: Fees,
): Fees | undefined {
  const next = nextFee(market.baseFee);
  const least = { gas: next, blob: blobs ? nextFee(market.blobBaseFee) : 0n };
  const raised = (before: bigint | undefined): bigint => (before === undefined ? 0n : raise(before, blobs));
  const maxFeePerGas = greatest(
    smallest(FEE_MARGIN * market.baseFee + market.priorityFee, limits.maxFeePerGas),
    raised(last?.maxFeePerGas),
  );
  const maxFeePerBlobGas = blobs
    ? greatest(smallest(BLOB_FEE_MARGIN * market.blobBaseFee, limits.maxFeePerBlobGas), raised(last?.maxFeePerBlobGas))
    : 0n;
  if (maxFeePerGas < least.gas || maxFeePerGas > limits.maxFeePerGas) return undefined;
  if (maxFeePerBlobGas < least.blob || (blobs && maxFeePerBlobGas > limits.maxFeePerBlobGas)) return undefined;
  const tip = greatest(market.priorityFee, raised(last?.maxPriorityFeePerGas));
  return { maxFeePerGas, maxPriorityFeePerGas: smallest(tip, maxFeePerGas), maxFeePerBlobGas };
}

/** The most that a transaction may take of its account at an offer, without its value, in wei. */
export function worstFee({ gasLimit, blobs }: Pick<IntendedTransaction, "gasLimit" | "blobs">, fees: Fees): bigint {
  return gasLimit * fees.maxFeePerGas + BLOB_GAS * BigInt(blobs.length) * fees.maxFeePerBlobGas;
}

/** By an eighth, or to twice as much where there are blobs: nodes want a tenth, and all of it. */
function raise(before: bigint, blobs: boolean): bigint {
  return blobs ? 2n * before : (before * NEXT_BLOCK.numerator) / NEXT_BLOCK.denominator + 1n;
}

function nextFee(fee: bigint): bigint {
  return (fee * NEXT_BLOCK.numerator) / NEXT_BLOCK.denominator;
}

function smallest(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function greatest(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
