import { verifyTypedData, type Signer } from "ethers";

import type { Hex } from "../hex.js";
import type { CommitteeIdentity } from "./statement.js";

/**
 * What a sequencer signs when it asks a committee to keep a batch (EIP-712). Without it anyone could make members sign another batch for a
 * place in an inbox, and they would then have to refuse the sequencer's, or fill their disks.
 */
export interface BatchOrder {
  readonly inbox: Hex;
  /** Hash of the inbox's last input. */
  readonly lastInput: Hex;
  readonly root: Hex;
  /** Of the batch, in bytes. */
  readonly length: bigint;
  /** In seconds. */
  readonly expiry: bigint;
}

const TYPES = {
  BatchOrder: [
    { name: "inbox", type: "address" },
    { name: "lastInput", type: "bytes32" },
    { name: "root", type: "bytes32" },
    { name: "length", type: "uint64" },
    { name: "expiry", type: "uint64" },
  ],
};

/** The sequencer's signature, 65 bytes. */
export async function signOrder(committee: CommitteeIdentity, order: BatchOrder, sequencer: Signer): Promise<Hex> {
  return (await sequencer.signTypedData(domainOf(committee), TYPES, { ...order })) as Hex;
}

/** Who signed an order; nobody if that is no signature. */
export function orderedBy(committee: CommitteeIdentity, order: BatchOrder, signature: Hex): Hex | undefined {
  try {
    return verifyTypedData(domainOf(committee), TYPES, { ...order }, signature).toLowerCase() as Hex;
  } catch {
    return undefined;
  }
}

function domainOf({ chainId, address }: CommitteeIdentity) {
  return { name: "hardhat-rollup committee", version: "1", chainId, verifyingContract: address };
}
