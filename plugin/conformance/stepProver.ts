import type { Contract } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";

import { artifactOf } from "../artifacts.js";
import { bytesToHex } from "../hex.js";
import { hashMachineState, machineStateOf } from "../machines/state.js";
import { explainRevert } from "../node/reverts.js";
import type { SampledStep } from "./runner.js";

/** Makes steps again by a machine's contract, deployed on a network for nothing else. */
export class StepProver {
  private constructor(private readonly machine: Contract) {}

  /** @param contract The machine's, a path below `contracts/`. */
  static async deploy({ ethers }: NetworkConnection, contract: string): Promise<StepProver> {
    const deploy = async (source: string, args: readonly unknown[]): Promise<Contract> => {
      const factory = await ethers.getContractFactoryFromArtifact(await artifactOf(source));
      return (await factory.deploy(...args)) as Contract;
    };
    const preimages = await deploy("machines/PreimageStore.sol", []);
    const machine = await deploy(contract, [await preimages.getAddress()]);
    return new StepProver(machine);
  }

  /** Why the contract comes to another state than the machine, undefined if it does not. */
  async disagreement({
    kind,
    program,
    inputHash,
    step,
    before,
    witness,
    after,
  }: SampledStep): Promise<string | undefined> {
    try {
      const context = { program, inputHash, step };
      const result: unknown = await this.machine.step.staticCall(context, before, bytesToHex(witness));
      const given = hashMachineState(machineStateOf(result));
      const expected = hashMachineState(after);
      return given === expected ? undefined : `${kind}: the contract comes to ${given}, the machine to ${expected}`;
    } catch (error) {
      return `${kind}: the contract refuses: ${await explainRevert(error)}`;
    }
  }
}
