import { formatCount } from "../console/format.js";
import type { ChainConfig } from "../config/types.js";
import type { Hex } from "../hex.js";
import type { Check } from "./check.js";

/** Speaks to a settlement layer. */
export type Request = (method: string, params: readonly unknown[]) => Promise<unknown>;

/** EIP-7825: no transaction may have more, so blocks with less could not hold the worst step of a dispute. */
const TRANSACTION_GAS = 2n ** 24n;
/** Answers are hexadecimal: of blocks' limits, of how much the precompiles gave back. */
const EMPTY = "0x";

/** The point at infinity commits to a blob of zeros, and proves that it is zero at zero: `versioned hash | z | y | commitment | proof`. */
const INFINITY = `c0${"00".repeat(47)}`;
const ZERO_OPENING: Hex = `0x010657f37554c781402a22917dee2f75def7ab966d7b770905398eba3c444014${"00".repeat(64)}${INFINITY}${INFINITY}`;

/** What is executed to find out about an instruction: `CLZ(1)` is given back as a word. */
const COUNT_LEADING_ZEROS: Hex = "0x60011e5f5260205ff3";

const HISTORY_CONTRACT: Hex = "0x0000f90827f1c53a10cb7a02335b175320002935";
/** The sum of two points at infinity, of each of two groups, and a pairing of them: all that certificates take. */
const BLS_CALLS: readonly (readonly [address: Hex, input: number])[] = [
  [precompile(0x0b), 256],
  [precompile(0x0d), 512],
  [precompile(0x0f), 384],
];

/**
 * Whether a settlement layer has what a chain's contracts execute. Everything is a call: nothing is sent.
 * @param largest The longest code of the contracts that are deployed, in bytes. @param creation The code that makes it.
 */
export async function checkNetwork(
  request: Request,
  config: ChainConfig,
  largest: { readonly size: number; readonly creation: Hex },
): Promise<Check[]> {
  const blobs = config.history === "blob" || config.sources.some(({ kind }) => kind === "blob");
  const committee = config.committees.length > 0;
  const checks = [checkInstructions(request), checkSize(request, largest), checkBlockGas(request)];
  if (blobs) checks.push(checkBlobs(request), checkPointEvaluation(request));
  if (committee) checks.push(checkPairings(request), checkHistory(request));
  return Promise.all(checks);
}

async function checkInstructions(request: Request): Promise<Check> {
  const answer = await call(request, { data: COUNT_LEADING_ZEROS });
  return check("instructions of Osaka", "CLZ (EIP-7939)", /^0x0*ff$/.test(answer));
}

/** Some networks have other limits than EIP-170's. */
async function checkSize(request: Request, { size, creation }: { size: number; creation: Hex }): Promise<Check> {
  const answer = await call(request, { data: creation });
  return check("size of code", `${formatCount(size)} bytes`, answer.length === 2 + 2 * size);
}

async function checkBlockGas(request: Request): Promise<Check> {
  const { gasLimit } = (await request("eth_getBlockByNumber", ["latest", false])) as { readonly gasLimit: Hex };
  const result = BigInt(gasLimit) >= TRANSACTION_GAS ? "ok" : "impossible";
  const needed = `${formatCount(TRANSACTION_GAS)} for the worst step of a dispute`;
  return { name: "gas of a block", found: formatCount(BigInt(gasLimit)), needed, result };
}

async function checkBlobs(request: Request): Promise<Check> {
  const block = (await request("eth_getBlockByNumber", ["latest", false])) as { readonly excessBlobGas?: Hex | null };
  return check("blobs (EIP-4844)", "excessBlobGas in blocks", typeof block.excessBlobGas === "string");
}

async function checkPointEvaluation(request: Request): Promise<Check> {
  const answer = await call(request, { to: precompile(0x0a), data: ZERO_OPENING });
  return check("point evaluation (EIP-4844)", "precompile 0x0a", answer.length === 2 + 128);
}

async function checkPairings(request: Request): Promise<Check> {
  const answers = await Promise.all(
    BLS_CALLS.map(([to, length]) => call(request, { to, data: `0x${"00".repeat(length)}` })),
  );
  return check("BLS12-381 (EIP-2537)", "precompiles 0x0b, 0x0d, 0x0f", !answers.includes(EMPTY));
}

async function checkHistory(request: Request): Promise<Check> {
  const code = await request("eth_getCode", [HISTORY_CONTRACT, "latest"]);
  return check("hashes of blocks (EIP-2935)", `code at ${HISTORY_CONTRACT}`, code !== EMPTY);
}

function check(name: string, needed: string, found: boolean): Check {
  return { name, found: found ? "there" : "not there", needed, result: found ? "ok" : "impossible" };
}

/** What a call gives back; nothing if it reverts. */
async function call(request: Request, transaction: { readonly to?: Hex; readonly data: Hex }): Promise<string> {
  return request("eth_call", [transaction, "latest"]).then(String, () => EMPTY);
}

function precompile(number: number): Hex {
  return `0x${number.toString(16).padStart(40, "0")}`;
}
