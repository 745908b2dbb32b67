import type { Chain } from "../chain.js";
import { RollupError } from "../errors.js";
import type { Hex } from "../hex.js";
import { chainContracts } from "./chainContracts.js";
import type { Explorer } from "./explorer.js";
import { compilerTask } from "./standardInput.js";

/** What came of one contract. */
export interface Verified {
  readonly contract: string;
  readonly address: Hex;
  readonly result: "verified" | "was verified" | "linked" | "failed";
  readonly message: string;
}

/**
 * Submits the sources of all contracts of a chain to a block explorer: each contract's file and what it imports, as the package was built. What has
 * another code than the package's is not submitted.
 * @param onResult Told of each contract as it is done.
 * @throws {RollupError} `CODE_UNKNOWN` if nothing of the chain is this package's.
 */
export async function verifyChain(
  chain: Chain,
  explorer: Explorer,
  onResult: (verified: Verified) => void = () => undefined,
): Promise<Verified[]> {
  const { contracts, clones, unknown } = await chainContracts(chain);
  if (contracts.length === 0) throw codeUnknown(chain);
  const results: Verified[] = [];
  const add = (result: Verified): void => {
    results.push(result);
    onResult(result);
  };
  for (const { address, artifact, constructorArguments } of contracts) {
    const contract = artifact.contractName;
    if (await explorer.isVerified(address)) {
      add({ contract, address, result: "was verified", message: "" });
      continue;
    }
    const { verified, message } = await explorer.verify(address, await compilerTask(artifact), constructorArguments);
    add({ contract, address, result: verified ? "verified" : "failed", message });
  }
  for (const { address, name, implementation } of clones) {
    const { verified, message } = await explorer.link(address, implementation);
    add({ contract: `${name}, a clone`, address, result: verified ? "linked" : "failed", message });
  }
  for (const { address, name } of unknown) {
    const message = "its code is not what this version of the package deploys";
    add({ contract: name, address, result: "failed", message });
  }
  return results;
}

function codeUnknown(chain: Chain): RollupError {
  return new RollupError("CODE_UNKNOWN", `No contract of chain "${chain.name}" has the code of this package.`, {
    given: chain.addresses.rollup,
    do: "install the version of hardhat-rollup that the chain was deployed with",
  });
}
