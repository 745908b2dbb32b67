/** A liar: asserts a falsehood beside most truths, wrong by one instruction, and defends it. What it lies is drawn by what it lies about. */
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

import { HDNodeWallet, JsonRpcProvider, NonceManager } from "ethers";

import { Chain } from "../../plugin/chain.js";
import type { Deployment } from "../../plugin/deployments.js";
import type { Hex } from "../../plugin/hex.js";
import type { AssertionNode } from "../../plugin/node/assertions.js";
import { RollupNode } from "../../plugin/node/node.js";
import { falseTrace } from "../../plugin/testing/liar.js";
import { Lie } from "../../plugin/testing/lie.js";
import { Party } from "../../plugin/testing/party.js";
import { guestProgram } from "../helpers/chains.js";

const { SOAK_URL = "", SOAK_DEPLOYMENT = "", SOAK_SEED = "1" } = process.env;
const PHRASE = "test test test test test test test test test test test junk";
/** Its account's index on the node. */
const ACCOUNT = 4;
const POLL_MILLISECONDS = 1_000;
/** Of so many assertions that could be lied about, one is. */
const ONE_OF = 2;

const deployment = JSON.parse(await readFile(SOAK_DEPLOYMENT, "utf8")) as Deployment;
const provider = new JsonRpcProvider(SOAK_URL, deployment.chainId, { staticNetwork: true, cacheTimeout: -1 });
const wallet = HDNodeWallet.fromPhrase(PHRASE, "", `m/44'/60'/0'/0/${ACCOUNT}`).connect(provider);
const program = await guestProgram("ledger");

/** What it has said, by what it is about. */
const lies = new Map<Hex, Party>();

for (;;) {
  try {
    const chain = await Chain.connect(deployment, provider);
    const node = new RollupNode(chain, program);
    lies.clear();
    await live(node);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    await sleep(POLL_MILLISECONDS);
  }
}

async function live(node: RollupNode): Promise<void> {
  for (;;) {
    await node.sync();
    for (const parent of node.assertions.all()) await consider(node, parent);
    for (const party of lies.values()) await party.act();
    await sleep(POLL_MILLISECONDS);
  }
}

/** Says a lie about what follows an assertion, or remembers that it has. */
async function consider(node: RollupNode, parent: AssertionNode): Promise<void> {
  if (lies.has(parent.id) || parent.next <= parent.end || node.executor.inputCount < parent.next) return;
  const seed = Number(BigInt(parent.id) % 1_000_003n) + Number(SOAK_SEED);
  const me = wallet.address.toLowerCase();
  const said = node.assertions.all().some(({ author, parent: about }) => about?.id === parent.id && author === me);
  const { status } = parent;
  if (!said && (seed % ONE_OF !== 0 || (status !== "pending" && status !== "confirmed"))) return;
  const { trace } = await falseTrace(node, parent, { seed });
  const lie = new Lie(node, { parent: parent.id, trace });
  const party = new Party("liar", false, node, new NonceManager(wallet), () => lie);
  if (!said) await party.assert();
  lies.set(parent.id, party);
}
