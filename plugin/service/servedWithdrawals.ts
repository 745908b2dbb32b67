import type { Chain } from "../chain.js";
import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import type { MachineState } from "../machines/machine.js";
import type { ConfirmedWithdrawal } from "../node/pay.js";
import type { NodeClient } from "./nodeClient.js";

/** So many are listed at once. */
export const PAGE = 1_000;
/** So many questions to the bridge are under way at once. */
const AT_ONCE = 32;

/** A payout as a node lists it; messages have no token. */
interface Listed {
  readonly index: string;
  readonly recipient: Hex;
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

/** What a node says that the confirmed state pays and the bridge has not paid. */
export class ServedWithdrawals {
  /** @param page So many are asked for at once. */
  public constructor(
    private readonly client: NodeClient,
    private readonly chain: Pick<Chain, "contracts">,
    private readonly page = PAGE,
  ) {}

  /**
   * With proofs, which the bridge checks; the first one first.
   * @param recipient To whom. @param index Only this one, whoever gets it.
   * @throws {RollupError} As the node refuses, and `PAYOUT_IS_MESSAGE`.
   */
  public async of(recipient: Hex, index: bigint | undefined): Promise<ConfirmedWithdrawal[]> {
    const candidates = index === undefined ? (await this.confirmedTo(recipient)).reverse() : [index];
    const found: ConfirmedWithdrawal[] = [];
    for (const each of await this.unpaid(candidates)) found.push(await this.proofOf(each));
    return found;
  }

  /** The indices of those among the last thousand that others have not taken: what older ones have left is theirs to know. */
  public async ofOthers(wanted: readonly ConfirmedWithdrawal[]): Promise<bigint[]> {
    const taken = new Set(wanted.map(({ withdrawal }) => withdrawal.index));
    const listed = payable(await this.list(""));
    return (await this.unpaid(listed.reverse())).filter((index) => !taken.has(index));
  }

  private async confirmedTo(recipient: Hex): Promise<bigint[]> {
    const found: bigint[] = [];
    for (let before = ""; ;) {
      const page = await this.list(`account=${recipient}${before}`);
      found.push(...payable(page));
      if (page.length < this.page) return found;
      before = `&before=${page.at(-1)!.index}`;
    }
  }

  private list(query: string): Promise<readonly Listed[]> {
    return this.client.get<readonly Listed[]>(`/v1/withdrawals?limit=${this.page}&${query}`);
  }

  private async unpaid(indices: readonly bigint[]): Promise<bigint[]> {
    const { bridge } = this.chain.contracts;
    const found: bigint[] = [];
    for (let from = 0; from < indices.length; from += AT_ONCE) {
      const some = indices.slice(from, from + AT_ONCE);
      const arePaid = await Promise.all(some.map((index) => bridge.isWithdrawn(index)));
      found.push(...some.filter((_, place) => !arePaid[place]));
    }
    return found;
  }

  private async proofOf(index: bigint): Promise<ConfirmedWithdrawal> {
    const { assertion, state, withdrawal, proof } = await this.client.get<Served>(`/v1/withdrawals/${index}/proof`);
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
}

/** The confirmed withdrawals of a page, as they are listed. */
function payable(page: readonly Listed[]): bigint[] {
  return page.filter(({ confirmed, token }) => confirmed && token !== undefined).map(({ index }) => BigInt(index));
}
