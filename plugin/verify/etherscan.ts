import { setTimeout as sleep } from "node:timers/promises";

import type { NetworkConnection } from "hardhat/types/network";

import type { Hex } from "../hex.js";
import type { Explorer, Verdict } from "./explorer.js";
import type { CompilerTask } from "./standardInput.js";

const POLL_MILLISECONDS = 3_000;
const MOST_POLLS = 40;

/** What `hardhat-verify` offers of Etherscan, as far as it is used: its types are not this package's to ask for. */
interface HardhatEtherscan {
  getName(): Promise<string>;
  isVerified(address: string): Promise<boolean>;
  verify(submission: {
    readonly contractAddress: string;
    readonly compilerInput: object;
    readonly contractName: string;
    readonly compilerVersion: string;
    readonly constructorArguments: string;
  }): Promise<string>;
  pollVerificationStatus(guid: string, address: string, contract: string): Promise<Verification>;
  customApiCall(parameters: object, options?: object): Promise<{ readonly status: string; readonly result: unknown }>;
}

interface Verification {
  readonly success: boolean;
  readonly message: string;
}

/** Etherscan, and what speaks as it does, with the address and the key that `hardhat-verify` is configured with. */
export class Etherscan implements Explorer {
  private constructor(
    public readonly name: string,
    private readonly etherscan: HardhatEtherscan,
  ) {}

  /** @throws What `hardhat-verify` has to say of its configuration. Ignition brings it along: it is always there. */
  public static async of(connection: NetworkConnection): Promise<Etherscan> {
    const { etherscan } = (connection as NetworkConnection & { readonly verification: { etherscan: HardhatEtherscan } })
      .verification;
    return new Etherscan(await etherscan.getName(), etherscan);
  }

  public isVerified(address: Hex): Promise<boolean> {
    return this.etherscan.isVerified(address);
  }

  public async verify(address: Hex, task: CompilerTask, constructorArguments: string): Promise<Verdict> {
    try {
      const guid = await this.etherscan.verify({
        contractAddress: address,
        compilerInput: task.input,
        contractName: task.contract,
        compilerVersion: `v${task.compiler}`,
        constructorArguments,
      });
      const { success, message } = await this.etherscan.pollVerificationStatus(guid, address, task.contract);
      return { verified: success, message };
    } catch (error) {
      return verdictOf(error as Error);
    }
  }

  public async link(address: Hex, implementation: Hex): Promise<Verdict> {
    const body = { address, expectedimplementation: implementation };
    const asked = { module: "contract", action: "verifyproxycontract" };
    const { status, result } = await this.etherscan.customApiCall(asked, { method: "POST", body });
    if (status !== "1") return { verified: false, message: String(result) };
    for (let poll = 0; poll < MOST_POLLS; poll++) {
      const question = { module: "contract", action: "checkproxyverification", guid: result };
      const answer = await this.etherscan.customApiCall(question);
      if (!/pending/i.test(String(answer.result)))
        return { verified: answer.status === "1", message: String(answer.result) };
      await sleep(POLL_MILLISECONDS);
    }
    return { verified: false, message: "still pending" };
  }
}

/** Refusals come as errors, and one of them is none. */
function verdictOf({ message }: Error): Verdict {
  return { verified: /already.*verified/i.test(message), message: message.split("\n")[0] };
}
