import { encodeRlp, keccak256, toBeHex } from "ethers";

import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";

/** A header's fields in their order, with the forks' additions behind; numbers are encoded without leading zeros. */
const FIELDS = [
  "parentHash",
  "sha3Uncles",
  "miner",
  "stateRoot",
  "transactionsRoot",
  "receiptsRoot",
  "logsBloom",
  "difficulty",
  "number",
  "gasLimit",
  "gasUsed",
  "timestamp",
  "extraData",
  "mixHash",
  "nonce",
  "baseFeePerGas",
  "withdrawalsRoot",
  "blobGasUsed",
  "excessBlobGas",
  "parentBeaconBlockRoot",
  "requestsHash",
  "blockAccessListHash",
] as const;

const NUMBERS: ReadonlySet<string> = new Set([
  "difficulty",
  "number",
  "gasLimit",
  "gasUsed",
  "timestamp",
  "baseFeePerGas",
  "blobGasUsed",
  "excessBlobGas",
]);

/** What sends a request to a node as it is. */
export interface RawProvider {
  send(method: string, params: unknown[]): Promise<unknown>;
}

/**
 * The RLP of a block's header, from what a node says of the block.
 * @throws {RollupError} `HEADER_UNKNOWN` if there is no such block, `HEADER_STRANGE` if its fields do not hash to its hash, as on a
 * settlement layer whose headers have other fields than Ethereum's.
 */
export async function blockHeader(provider: RawProvider, block: bigint): Promise<Hex> {
  const fields = (await provider.send("eth_getBlockByNumber", [`0x${block.toString(16)}`, false])) as Record<
    string,
    string | undefined
  > | null;
  if (fields === null) throw new RollupError("HEADER_UNKNOWN", "The node does not know the block.", { block });
  const known = FIELDS.filter((name) => fields[name] !== undefined);
  const header = encodeRlp(known.map((name) => encodeField(name, fields[name]!))) as Hex;
  if (keccak256(header) === fields.hash) return header;
  throw new RollupError("HEADER_STRANGE", "The block's header has other fields than those of Ethereum.", {
    block,
    expected: fields.hash,
    found: keccak256(header),
  });
}

function encodeField(name: string, value: string): string {
  if (!NUMBERS.has(name)) return value;
  return BigInt(value) === 0n ? "0x" : toBeHex(BigInt(value));
}
