import type { Chain } from "../chain.js";
import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import type { MachineState } from "../machines/machine.js";
import type { ConfirmedWithdrawal } from "../node/pay.js";
import type { NodeClient } from "./nodeClient.js";

/** The most that a node is asked to list, the last first; what is older is asked for by its index. */
const LISTED = 9_999;

/** A payout as a node lists it; messages have no token. */
interface Listed {
  readonly index: string;
  readonly token?: Hex;
  readonly confirmed: boolean;
}

/** A proof as a node gives it: whole numbers are digits. */
interface Served {
  readonly assertion: Hex;
  readonly state: Omit<MachineState, "inputCount" | "deadline"> & Record<"inputCount" | "deadline", string>;
  readonly withdrawal: Record<"index" | "amount", string> & { readonly token?: Hex; readonly recipient: Hex };
  readonly proof: readonly Hex[];
}

/**
 * What a node says that the confirmed state pays and the bridge has not paid, with proofs, which the bridge checks.
 * @param recipient To whom. @param index Only this one, whoever gets it.
 * @throws {RollupError} As the node refuses, and `PAYOUT_IS_MESSAGE`.
 */
export async function servedWithdrawals(
  client: NodeClient,
  { contracts: { bridge } }: Chain,
  recipient: Hex,
  index: bigint | undefined,
): Promise<ConfirmedWithdrawal[]> {
  const found: ConfirmedWithdrawal[] = [];
  for (const each of index === undefined ? await confirmedTo(client, recipient) : [index]) {
    if (!(await bridge.isWithdrawn(each))) found.push(await proofOf(client, each));
  }
  return found;
}

/** The first one first. */
async function confirmedTo(client: NodeClient, recipient: Hex): Promise<bigint[]> {
  const listed = await client.get<readonly Listed[]>(`/v1/withdrawals?account=${recipient}&limit=${LISTED}`);
  const confirmed = listed.filter((payout) => payout.confirmed && payout.token !== undefined);
  return confirmed.map((payout) => BigInt(payout.index)).reverse();
}

async function proofOf(client: NodeClient, index: bigint): Promise<ConfirmedWithdrawal> {
  const { assertion, state, withdrawal, proof } = await client.get<Served>(`/v1/withdrawals/${index}/proof`);
  const { token, recipient, amount } = withdrawal;
  if (token === undefined) {
    throw new RollupError("PAYOUT_IS_MESSAGE", "Under this index the chain sends a message and pays nothing.", {
      given: index,
      do: "have it executed with rollup:relay",
    });
  }
  return {
    assertion,
    state: { ...state, inputCount: BigInt(state.inputCount), deadline: BigInt(state.deadline) },
    withdrawal: { index: BigInt(withdrawal.index), token, recipient, amount: BigInt(amount) },
    proof,
  };
}
