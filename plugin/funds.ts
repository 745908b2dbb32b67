import type { Signer } from "ethers";

import { formatAmount } from "./config/amount.js";
import { formatCount } from "./console/format.js";
import { RollupError } from "./errors.js";
import type { Cost } from "./node/events.js";

/**
 * Makes sure that an account can pay for what is about to be sent.
 * @param what For errors, e.g. `deploy the chain`.
 * @param gas An upper bound. @param value Wei sent along.
 * @returns What it will cost at the network's present gas price.
 * @throws {RollupError} `INSUFFICIENT_FUNDS`.
 */
export async function requireFunds(signer: Signer, what: string, gas: bigint, value: bigint): Promise<Cost> {
  const { provider } = signer;
  if (provider === null) throw new RollupError("NO_PROVIDER", "The account is not connected to a network.");
  const address = await signer.getAddress();
  const [balance, fees] = await Promise.all([provider.getBalance(address), provider.getFeeData()]);
  const fee = gas * (fees.gasPrice ?? fees.maxFeePerGas ?? 0n);
  if (balance >= fee + value) return { gas, fee, blobGas: 0n, blobFee: 0n, value };
  throw new RollupError("INSUFFICIENT_FUNDS", `The account cannot pay to ${what}.`, {
    given: `${formatAmount(balance)} in ${address}`,
    expected: `${formatAmount(fee + value)}: ${formatCount(gas)} gas at most, and ${formatAmount(value)}`,
    do: "fund the account, or name another with --from",
  });
}
