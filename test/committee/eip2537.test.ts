import { expect } from "chai";
import { toUtf8Bytes } from "ethers";
import { network } from "hardhat";

import {
  addKeys,
  addSignatures,
  CERTIFICATE_DOMAIN,
  decodeKey,
  decodeSignature,
  packKey,
  SecretKey,
} from "../../plugin/committee/bls.js";
import type { Hex } from "../../plugin/hex.js";
import type { BlsHarness } from "../../types/ethers-contracts/index.js";

/*
 * The vectors that EIP-2537 publishes (assets/eip-2537: `add_G1_bls`, `add_G2_bls` and `fail-pairing_check_bls`), by coordinates: every point in them is
 * made of these.
 */
const G1X = "17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb";
const G1Y = "08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1";
const G1_MINUS_Y = "114d1d6855d545a8aa7d76c8cf2e21f267816aef1db507c96655b9d5caac42364e6f38ba0ecb751bad54dcd6b939c2ca";
const P1X = "112b98340eee2777cc3c14163dea3ec97977ac3dc5c70da32e6e87578f44912e902ccef9efe28d4a78b8999dfbca9426";
const P1Y = "186b28d92356c4dfec4b5201ad099dbdede3781f8998ddf929b4cd7756192185ca7b8f4ef7088f813270ac3d48868a21";
const P1_MINUS_Y = "0195e911162921ba5ed055b496420f197693d36569ec34c63d7c0529a097d49e543070afba4b707e878e53c2b779208a";
const G2X0 = "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8";
const G2X1 = "13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e";
const G2Y0 = "0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801";
const G2Y1 = "0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be";
const G2_MINUS_Y0 = "0d1b3cc2c7027888be51d9ef691d77bcb679afda66c73f17f9ee3837a55024f78c71363275a75d75d86bab79f74782aa";
const G2_MINUS_Y1 = "13fa4d4a0ad8b1ce186ed5061789213d993923066dddaf1040bc3ff59f825c78df74f2d75467e25e0f55f8a00fa030ed";
const P2X0 = "103121a2ceaae586d240843a398967325f8eb5a93e8fea99b62b9f88d8556c80dd726a4b30e84a36eeabaf3592937f27";
const P2X1 = "086b990f3da2aeac0a36143b7d7c824428215140db1bb859338764cb58458f081d92664f9053b50b3fbd2e4723121b68";
const P2Y0 = "0f9e7ba9a86a8f7624aa2b42dcc8772e1af4ae115685e60abc2c9b90242167acef3d0be4050bf935eed7c3b6fc7ba77e";
const P2Y1 = "0d22c3652d0dc6f0fc9316e14268477c2049ef772e852108d269d9c38dba1d4802e8dae479818184c08f9a569d878451";

const G1 = point(G1X, G1Y);
const P1 = point(P1X, P1Y);
const G2 = point(G2X0, G2X1, G2Y0, G2Y1);
const P2 = point(P2X0, P2X1, P2Y0, P2Y1);

/** Two points, and their sum. */
const SIGNATURE_SUMS: readonly [string, Hex, Hex, Hex][] = [
  [
    "g1 + p1",
    G1,
    P1,
    point(
      "0a40300ce2dec9888b60690e9a41d3004fda4886854573974fab73b046d3147ba5b7a5bde85279ffede1b45b3918d82d",
      "06d3d887e9f53b9ec4eb6cedf5607226754b07c01ace7834f57f3e7315faefb739e59018e22c492006190fba4a870025",
    ),
  ],
  [
    "2 * g1",
    G1,
    G1,
    point(
      "0572cbea904d67468808c8eb50a9450c9721db309128012543902d0ac358a62ae28f75bb8f1c7c42c39a8c5529bf0f4e",
      "166a9d8cabc673a322fda673779d8e3822ba3ecb8670e461f73bb9021d5fd76a4c56d9d4cd16bd1bba86881979749d28",
    ),
  ],
  [
    "2 * p1",
    P1,
    P1,
    point(
      "15222cddbabdd764c4bee0b3720322a65ff4712c86fc4b1588d0c209210a0884fa9468e855d261c483091b2bf7de6a63",
      "09f9edb99bc3b75d7489735c98b16ab78b9386c5f7a1f76c7e96ac6eb5bbde30dbca31a74ec6e0f0b12229eecea33c39",
    ),
  ],
];
const KEY_SUMS: readonly [string, Hex, Hex, Hex][] = [
  [
    "g2 + p2",
    G2,
    P2,
    point(
      "0b54a8a7b08bd6827ed9a797de216b8c9057b3a9ca93e2f88e7f04f19accc42da90d883632b9ca4dc38d013f71ede4db",
      "077eba4eecf0bd764dce8ed5f45040dd8f3b3427cb35230509482c14651713282946306247866dfe39a8e33016fcbe52",
      "14e60a76a29ef85cbd69f251b9f29147b67cfe3ed2823d3f9776b3a0efd2731941d47436dc6d2b58d9e65f8438bad073",
      "1586c3c910d95754fef7a732df78e279c3d37431c6a2b77e67a00c7c130a8fcd4d19f159cbeb997a178108fffffcbd20",
    ),
  ],
  [
    "2 * g2",
    G2,
    G2,
    point(
      "1638533957d540a9d2370f17cc7ed5863bc0b995b8825e0ee1ea1e1e4d00dbae81f14b0bf3611b78c952aacab827a053",
      "0a4edef9c1ed7f729f520e47730a124fd70662a904ba1074728114d1031e1572c6c886f6b57ec72a6178288c47c33577",
      "0468fb440d82b0630aeb8dca2b5256789a66da69bf91009cbfe6bd221e47aa8ae88dece9764bf3bd999d95d71e4c9899",
      "0f6d4552fa65dd2638b361543f887136a43253d9c66c411697003f7a13c308f5422e1aa0a59c8967acdefd8b6e36ccf3",
    ),
  ],
  [
    "2 * p2",
    P2,
    P2,
    point(
      "0b76fcbb604082a4f2d19858a7befd6053fa181c5119a612dfec83832537f644e02454f2b70d40985ebb08042d1620d4",
      "19a4a02c0ae51365d964c73be7babb719db1c69e0ddbf9a8a335b5bed3b0a4b070d2d5df01d2da4a3f1e56aae2ec106d",
      "0d18322f821ac72d3ca92f92b000483cf5b7d9e5d06873a44071c4e7e81efd904f210208fe0b9b4824f01c65bc7e6208",
      "04e563d53609a2d1e216aaaee5fbc14ef460160db8d1fdc5e1bd4e8b54cd2f39abf6f925969fa405efb9e700b01c7085",
    ),
  ],
];

const BAD_SIGNATURES: readonly [string, Hex][] = [
  ["bytes above a coordinate", `0x10${G1.slice(4)}`],
  [
    "a coordinate that is the field's modulus or more",
    point("31f2e5916b17be2e71b10b4292f558e727dfd7d48af9cbc5087f0ce00dcca27c8b01e83eaace1aefb539f00adb227166", G1Y),
  ],
  ["a point off the curve", point(P1X, G1Y)],
  [
    "a point outside the subgroup",
    point(
      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
      "193fb7cedb32b2c3adc06ec11a96bc0d661869316f5e4a577a9f7c179593987beb4fb2ee424dbb2f5dd891e228b46c4a",
    ),
  ],
  ["a byte too few", `0x${G1.slice(4)}`],
  ["a byte too many", `0x00${G1.slice(2)}`],
];
const BAD_KEYS: readonly [string, Hex][] = [
  ["bytes above a coordinate", `0x10${G2.slice(4)}`],
  [
    "a coordinate that is the field's modulus or more",
    point(
      "1c4bb49d2a0ef12b7123acdd7110bd292b5bc659edc54dc21b81de057194c79b2a5803255959bbef8e7f56c8c1216863",
      G2X1,
      G2Y0,
      G2Y1,
    ),
  ],
  ["a point off the curve", point(P2X0, G2X1, G2Y0, G2Y1)],
  ["another point off the curve", point(G2X0, P2X1, G2Y0, G2Y1)],
  [
    "a point outside the subgroup",
    point(
      "197bfd0342bbc8bee2beced2f173e1a87be576379b343e93232d6cef98d84b1d696e5612ff283ce2cfdccb2cfb65fa0c",
      "184e811f55e6f9d84d77d2f79102fd7ea7422f4759df5bf7f6331d550245e3f1bcf6a30e3b29110d85e0ca16f9f6ae7a",
      "0f10e1eb3c1e53d2ad9cf2d398b2dc22c5842fab0a74b174f691a7e914975da3564d835cd7d2982815b8ac57f507348f",
      "0767d1c453890f1b9110fda82f5815c27281aba3f026ee868e4176a0654feea41a96575e0c4d58a14dbfbcc05b5010b1",
    ),
  ],
];

describe("EIP-2537's vectors", () => {
  const digest: Hex = `0x${"25".repeat(32)}`;
  const domain = toUtf8Bytes(CERTIFICATE_DOMAIN);
  let harness: BlsHarness;

  before(async () => {
    const { ethers } = await network.create();
    harness = await ethers.deployContract("BlsHarness");
  });

  it("are what signatures add up to", () => {
    for (const [what, a, b, sum] of SIGNATURE_SUMS) {
      expect(addSignatures([a, b]), what).to.equal(sum);
      expect(addSignatures([b, a]), what).to.equal(sum);
    }
  });

  it("are what keys add up to, off chain, and on chain from both sides: the signers', and all less the absent", async () => {
    for (const [what, a, b, sum] of KEY_SUMS) {
      expect(addKeys([a, b]), what).to.equal(sum);
      await seat([a, b, P2]);
      expect(await harness.keyOf(0b011n), what).to.equal(sum);
      await seat([a, b, P2, G2, G2]);
      expect(await harness.keyOf(0b00011n), what).to.equal(sum);
    }
  });

  it("that cancel each other leave the point at infinity, which is no key and no signature", async () => {
    const [minusG2, minusG1] = [point(G2X0, G2X1, G2_MINUS_Y0, G2_MINUS_Y1), point(G1X, G1_MINUS_Y)];
    await seat([G2, minusG2, P2]);
    const nothing = `0x${"00".repeat(256)}`;
    expect(await harness.keyOf(0b011n)).to.equal(nothing);
    expect(await harness.keyOf(0b111n)).to.equal(P2);
    expect(await harness.negate(G2)).to.equal(minusG2);
    expect(() => addKeys([G2, minusG2])).to.throw();
    for (const [a, b] of [
      [G1, minusG1],
      [P1, point(P1X, P1_MINUS_Y)],
    ])
      expect(() => addSignatures([a, b])).to.throw();
  });

  for (const [what, signature] of BAD_SIGNATURES) {
    it(`with ${what} are no signature`, async () => {
      expect(() => decodeSignature(signature))
        .to.throw("no point")
        .with.property("code", "BLS_POINT");
      const error = signature.length === G1.length ? "InvalidPoint" : "WrongSignatureLength";
      const verified = harness.verify(SecretKey.generate().key, digest, domain, signature);
      await expect(verified).to.be.revertedWithCustomError(harness, error);
    });
  }

  for (const [what, key] of BAD_KEYS) {
    it(`with ${what} are no key`, async () => {
      expect(() => decodeKey(key))
        .to.throw("no point")
        .with.property("code", "BLS_POINT");
      const signature = SecretKey.generate().sign(digest, CERTIFICATE_DOMAIN);
      const verified = harness.verify(key, digest, domain, signature);
      await expect(verified).to.be.revertedWithCustomError(harness, "InvalidPoint");
    });
  }

  async function seat(keys: readonly Hex[]): Promise<void> {
    const members = keys.map((_, index): Hex => `0x${(index + 1).toString(16).padStart(40, "0")}`);
    await harness.setSeats(members, keys.map(packKey));
  }
});

/** A point in the encoding of EIP-2537. */
function point(...coordinates: readonly string[]): Hex {
  return `0x${coordinates.map((coordinate) => coordinate.padStart(128, "0")).join("")}`;
}
