import type { Provider } from "ethers";

import { blobsFor, MAX_BATCH_BLOBS } from "../blobs/packing.js";
import { formatAmount } from "../config/amount.js";
import type { SourceKind } from "../config/types.js";
import { formatBlobs, formatCount } from "../console/format.js";
import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import { BLOB_GAS, blobBaseFee } from "./blobFees.js";
import { canSendBlobs } from "./blobTransaction.js";
import type { Chain } from "../chain.js";

/** Where a batch goes: to a source that the chain has, or to its committee and else to whichever is cheapest now. */
export type SourceChoice = SourceKind | "auto";

/** What posting a batch to one source costs, or why it cannot be posted there. */
export type PostingPrice =
  | { readonly source: SourceKind; readonly gas: bigint; readonly blobGas: bigint; readonly fee: bigint }
  | { readonly source: SourceKind; readonly impossible: string };

/** Where a batch goes, and why. */
export interface Posting {
  readonly source: SourceKind;
  /** Of the source in the chain's inbox. */
  readonly index: number;
  /** Of every source on L1 that the chain has, where they were compared. */
  readonly prices: readonly PostingPrice[];
}

/** The longest batch that `CalldataSource` takes. */
const MAX_CALLDATA = 2 ** 18;
/** Of every transaction, and of every token of calldata (four to a byte that is not 0) at the least and on the floor of EIP-7623. */
const TRANSACTION_GAS = 21_000n;
const TOKEN_GAS = 4n;
const TOKEN_FLOOR = 10n;
/** What appending a batch takes besides its bytes, and what a byte takes to be hashed and told in an event; measured. */
const APPEND_GAS = 43_500n;
const BYTE_GAS = 13n;
/** What a batch in blobs takes besides; measured. */
const BLOB_APPEND_GAS = 1_500n;
/** Calldata beside a batch's bytes: selector, places, lengths. */
const ENVELOPE = 132;

/**
 * Chooses the source on L1 for a batch by what it costs at the present base fees, messages aside.
 * @param choice A source, if it must be that one.
 * @throws {RollupError} `SOURCE_UNKNOWN`, `SOURCE_IMPOSSIBLE`.
 */
export async function choosePosting(
  chain: Chain,
  sequencer: Hex,
  data: Uint8Array,
  choice: SourceChoice,
): Promise<Posting> {
  const kinds = chain.deployment.sources;
  const prices = await pricesOf(chain, sequencer, data);
  const source = choice === "auto" ? cheapest(prices) : choice;
  const price = prices.find((given) => given.source === source);
  if (source === undefined || price === undefined) {
    throw new RollupError("SOURCE_UNKNOWN", "The chain has no such source.", {
      given: source ?? "a source on L1",
      expected: kinds.join(", "),
    });
  }
  if ("impossible" in price) {
    const facts = { source, reason: price.impossible, bytes: data.length };
    throw new RollupError("SOURCE_IMPOSSIBLE", "The batch cannot be posted there.", facts);
  }
  return { source, index: kinds.indexOf(source), prices };
}

/** Prices as people read them: `calldata 0.004 ETH (4,110,000 gas), blob 0.0001 ETH (130,000 gas, 1 blob): blob`. */
export function describePosting({ source, prices }: Posting): string {
  const told = prices.map((price) => {
    if ("impossible" in price) return `${price.source} not possible (${price.impossible})`;
    const carried = price.blobGas === 0n ? "" : `, ${formatBlobs(price.blobGas)}`;
    return `${price.source} ${formatAmount(price.fee)} (about ${formatCount(price.gas)} gas${carried})`;
  });
  return `${told.join(", ")}: ${source}`;
}

/** What posting `data` costs at every source of a chain, in their order. */
async function pricesOf(chain: Chain, sequencer: Hex, data: Uint8Array): Promise<PostingPrice[]> {
  const gasPrice = await gasPriceOf(chain.provider);
  const onL1 = chain.deployment.sources.filter((source) => source !== "committee");
  return Promise.all(
    onL1.map(async (source): Promise<PostingPrice> => {
      if (source === "calldata") return calldataPrice(data, gasPrice);
      return blobPrice(data.length, gasPrice, await blobFeeFor(chain, sequencer));
    }),
  );
}

function calldataPrice(data: Uint8Array, gasPrice: bigint): PostingPrice {
  const source = "calldata";
  if (data.length > MAX_CALLDATA) return { source, impossible: `more than ${formatCount(MAX_CALLDATA)} bytes` };
  const zeros = data.reduce((count, byte) => (byte === 0 ? count + 1 : count), 0);
  const tokens = BigInt(4 * (data.length - zeros) + zeros + ENVELOPE);
  const executed = TOKEN_GAS * tokens + APPEND_GAS + BYTE_GAS * BigInt(data.length);
  const floor = TOKEN_FLOOR * tokens;
  const gas = TRANSACTION_GAS + (executed > floor ? executed : floor);
  return { source, gas, blobGas: 0n, fee: gas * gasPrice };
}

function blobPrice(length: number, gasPrice: bigint, blobFee: bigint | undefined): PostingPrice {
  const source = "blob";
  const blobs = blobsFor(length);
  if (blobs > MAX_BATCH_BLOBS) return { source, impossible: `more than ${MAX_BATCH_BLOBS} blobs` };
  if (blobFee === undefined) return { source, impossible: "no blobs on this network, or no key to sign them with" };
  const gas = TRANSACTION_GAS + TOKEN_GAS * BigInt(ENVELOPE) + APPEND_GAS + BLOB_APPEND_GAS;
  const blobGas = BLOB_GAS * BigInt(blobs);
  return { source, gas, blobGas, fee: gas * gasPrice + blobGas * blobFee };
}

async function blobFeeFor({ blobs }: Chain, sequencer: Hex): Promise<bigint | undefined> {
  if (blobs === undefined || !(await canSendBlobs(blobs, sequencer))) return undefined;
  return blobBaseFee(blobs);
}

/** The first of the cheapest; the first source at all if none is possible, so that its reason is told. */
function cheapest(prices: readonly PostingPrice[]): SourceKind | undefined {
  let best: PostingPrice | undefined = prices[0];
  for (const price of prices) {
    if ("impossible" in price) continue;
    if ("impossible" in best || price.fee < best.fee) best = price;
  }
  return best?.source;
}

async function gasPriceOf(provider: Provider): Promise<bigint> {
  const { gasPrice, maxFeePerGas } = await provider.getFeeData();
  return gasPrice ?? maxFeePerGas ?? 0n;
}
