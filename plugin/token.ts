import { Contract, formatUnits, parseUnits, type Provider } from "ethers";

import { formatAmount, parseAmount } from "./config/amount.js";
import { RollupError } from "./errors.js";
import type { Hex } from "./hex.js";
import { ETHER } from "./node/outputs.js";

/** What there is of a token to show amounts of it. */
export interface Token {
  /** `ETHER`, or an ERC-20 contract. */
  readonly address: Hex;
  /** Printable, whatever the contract says. */
  readonly symbol: string;
  /** Digits behind the point. */
  readonly decimals: number;
}

const ETHER_TOKEN: Token = { address: ETHER, symbol: "ETH", decimals: 18 };

/** ERC-20, as far as it is used here. */
export const ERC20_ABI = [
  "function symbol() view returns (string)",
  "function decimals() view returns (uint8)",
  "function balanceOf(address) view returns (uint256)",
  "function allowance(address owner, address spender) view returns (uint256)",
  "function approve(address spender, uint256 amount)",
] as const;

/** The most digits that amounts are shown with; a token that says more is shown in its smallest unit. */
const MAX_DECIMALS = 77;

/**
 * Asks a token what it is called. One that does not say is called by its address, and its amounts are whole numbers.
 * @throws {RollupError} `TOKEN_MISSING` if there is no contract.
 */
export async function readToken(provider: Provider, address: Hex): Promise<Token> {
  if (BigInt(address) === 0n) return ETHER_TOKEN;
  if ((await provider.getCode(address)) === "0x") {
    throw new RollupError("TOKEN_MISSING", "There is no token at this address.", {
      given: address,
      expected: "the address of an ERC-20 contract on the chain's settlement layer",
    });
  }
  const contract = new Contract(address, ERC20_ABI, provider);
  const ask = async (name: string): Promise<unknown> =>
    contract
      .getFunction(name)
      .staticCall()
      .catch(() => undefined);
  const [symbol, decimals] = [await ask("symbol"), Number((await ask("decimals")) ?? 0)];
  const printable = typeof symbol === "string" ? symbol.replace(/[^\x21-\x7e]/g, "").slice(0, 12) : "";
  return {
    address,
    symbol: printable === "" ? address : printable,
    decimals: decimals <= MAX_DECIMALS ? decimals : 0,
  };
}

/** An amount with the token's symbol. */
export function formatTokens(token: Token, amount: bigint): string {
  if (token.address === ETHER) return formatAmount(amount);
  return `${formatUnits(amount, token.decimals).replace(/\.0$/, "")} ${token.symbol}`;
}

/**
 * An amount in a token's smallest unit: a number of tokens, such as "12.5", or of ether with its unit.
 * @throws {RollupError} `ARGUMENT_INVALID` unless it is one, above 0.
 */
export function requireTokens(option: string, token: Token, text: string): bigint {
  const amount = token.address === ETHER ? parseAmount(text) : parseNumber(token, text);
  if (amount !== undefined && amount > 0n && amount < 2n ** 256n) return amount;
  const example = token.address === ETHER ? '"0.1 ether" or "20 gwei"' : '"12.5"';
  throw new RollupError("ARGUMENT_INVALID", `--${option} cannot be used.`, {
    given: text,
    expected: `an amount of ${token.symbol}, such as ${example}, above 0, with at most ${token.decimals} digits behind the point`,
  });
}

function parseNumber({ decimals, symbol }: Token, text: string): bigint | undefined {
  const match = /^(\d+(?:\.\d+)?)(?:\s+(\S+))?$/.exec(text.trim());
  if (match === null || (match[2] !== undefined && match[2].toLowerCase() !== symbol.toLowerCase())) return undefined;
  if ((match[1].split(".")[1] ?? "").length > decimals) return undefined;
  return parseUnits(match[1], decimals);
}
