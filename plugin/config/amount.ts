const DECIMALS: Readonly<Record<string, number>> = { wei: 0, gwei: 9, ether: 18, eth: 18 };

/** What an error says was expected where an amount is. */
export const AMOUNT_EXPECTED = 'an amount of ETH, such as "0.1 ether", "20 gwei", or wei as a bigint';

/**
 * Wei in an amount: a bigint of at least 0, or text with its unit (`wei`, `gwei`, `ether` or `ETH`).
 * @returns undefined if it is not one, or if it is finer than a wei.
 */
export function parseAmount(value: unknown): bigint | undefined {
  if (typeof value === "bigint") return value >= 0n ? value : undefined;
  if (typeof value !== "string") return undefined;
  const match = /^(\d+)(?:\.(\d+))?\s*(wei|gwei|ether|eth)$/i.exec(value.trim());
  if (match === null) return undefined;
  const decimals = DECIMALS[match[3].toLowerCase()];
  const fraction = (match[2] ?? "").replace(/0+$/, "");
  if (fraction.length > decimals) return undefined;
  return BigInt(match[1] + fraction.padEnd(decimals, "0"));
}

/** Wei as ETH with at most six digits after the point, or as gwei or wei where that would be zero. */
export function formatAmount(wei: bigint): string {
  if (wei < 0n) return `-${formatAmount(-wei)}`;
  if (wei === 0n || wei >= 10n ** 12n) return `${decimal(wei, 18, 6)} ETH`;
  return wei >= 10n ** 6n ? `${decimal(wei, 9, 3)} gwei` : `${wei} wei`;
}

function decimal(value: bigint, decimals: number, digits: number): string {
  const scale = 10n ** BigInt(decimals - digits);
  const rounded = (value + scale / 2n) / scale;
  const unit = 10n ** BigInt(digits);
  const fraction = (rounded % unit).toString().padStart(digits, "0").replace(/0+$/, "");
  return fraction === "" ? `${rounded / unit}` : `${rounded / unit}.${fraction}`;
}
