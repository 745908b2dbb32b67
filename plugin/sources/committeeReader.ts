import { concatBytes } from "@noble/hashes/utils.js";

import type { CommitteeAccess } from "../committee/access.js";
import { decodeCertifiedBatch } from "../committee/statement.js";
import { bytesToHex, type Hex } from "../hex.js";
import type { BatchReader, FoundBatch, PostedBatch } from "./batchReader.js";
import { wordAt } from "./wordTree.js";

/** Finds batches that a committee keeps: in the archive, else at its members, those first who have signed for it. */
export class CommitteeReader implements BatchReader {
  public constructor(private readonly access: CommitteeAccess) {}

  /** @throws {BatchMissingError} which names whom it asked. */
  public async read({ header, posted }: PostedBatch): Promise<FoundBatch> {
    const { client, archive } = this.access;
    const { expiry, certificate } = decodeCertifiedBatch(bytesToHex(posted));
    const signers = (): Promise<Hex[]> => this.signers(header.timestamp, certificate.signers);
    const { data, tree } = await client.batch(header.commitment, header.length, { first: archive, signers });
    // Failing to keep a copy is no reason not to go on.
    await archive.keep(header.commitment, data, expiry).catch(() => undefined);
    return {
      data,
      commitment: tree.root,
      proveWord: (index) => concatBytes(wordAt(data, index), tree.prove(index)),
    };
  }

  /** Who promised to keep it. Where an epoch ends in the very block that posts a batch, these are others, who are only asked first. */
  private async signers(timestamp: bigint, bitmap: bigint): Promise<Hex[]> {
    const { committee } = this.access.client;
    const { seats } = await committee.epoch(await committee.epochAt(timestamp));
    return seats.filter(({ seat }) => ((bitmap >> BigInt(seat)) & 1n) === 1n).map(({ member }) => member);
  }
}
