import { expect } from "chai";
import { AbiCoder, concat, id, keccak256, recoverAddress, Wallet } from "ethers";

import { orderedBy, signOrder, type BatchOrder } from "../../plugin/committee/batchOrder.js";
import type { Hex } from "../../plugin/hex.js";

const COMMITTEE = { chainId: 11_155_111n, address: "0x00112233445566778899aabbccddeeff00112233" } as const;
const ORDER: BatchOrder = {
  inbox: "0xc0ffee0000000000000000000000000000c0ffee",
  lastInput: `0x${"12".repeat(32)}`,
  root: `0x${"34".repeat(32)}`,
  length: 2n ** 40n + 5n,
  expiry: 2n ** 33n + 7n,
};
const coder = AbiCoder.defaultAbiCoder();

/** What EIP-712 says is signed, put together by hand: sequencers and members of different versions must mean the same by it. */
function digestOf({ inbox, lastInput, root, length, expiry }: BatchOrder): string {
  const domainType = id("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
  const orderType = id("BatchOrder(address inbox,bytes32 lastInput,bytes32 root,uint64 length,uint64 expiry)");
  const domain = coder.encode(
    ["bytes32", "bytes32", "bytes32", "uint256", "address"],
    [domainType, id("hardhat-rollup committee"), id("1"), COMMITTEE.chainId, COMMITTEE.address],
  );
  const order = coder.encode(
    ["bytes32", "address", "bytes32", "bytes32", "uint64", "uint64"],
    [orderType, inbox, lastInput, root, length, expiry],
  );
  return keccak256(concat(["0x1901", keccak256(domain), keccak256(order)]));
}

describe("a sequencer's order to keep a batch", () => {
  const sequencer = new Wallet(`0x${"56".repeat(32)}`);
  const address = sequencer.address.toLowerCase();

  it("is signed as EIP-712 says, to the letter", async () => {
    const signature = await signOrder(COMMITTEE, ORDER, sequencer);
    expect(recoverAddress(digestOf(ORDER), signature).toLowerCase()).to.equal(address);
    const byHand = sequencer.signingKey.sign(digestOf(ORDER)).serialized as Hex;
    expect(orderedBy(COMMITTEE, ORDER, byHand)).to.equal(address);
  });

  it("is good for nothing that differs in anything, nor for another committee", async () => {
    const signature = await signOrder(COMMITTEE, ORDER, sequencer);
    const others: BatchOrder[] = [
      { ...ORDER, inbox: COMMITTEE.address },
      { ...ORDER, lastInput: ORDER.root },
      { ...ORDER, root: ORDER.lastInput },
      { ...ORDER, length: ORDER.length + 1n },
      { ...ORDER, expiry: ORDER.expiry - 1n },
    ];
    for (const other of others) expect(orderedBy(COMMITTEE, other, signature)).to.not.equal(address);
    for (const committee of [
      { ...COMMITTEE, chainId: 1n },
      { ...COMMITTEE, address: ORDER.inbox },
    ]) {
      expect(orderedBy(committee, ORDER, signature)).to.not.equal(address);
    }
  });

  it("is nobody's if it is no signature", () => {
    for (const given of ["0x", `0x${"00".repeat(65)}`, `0x${"ff".repeat(65)}`] as const) {
      expect(orderedBy(COMMITTEE, ORDER, given)).to.equal(undefined);
    }
  });
});
