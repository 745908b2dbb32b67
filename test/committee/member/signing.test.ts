import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { BatchStore } from "../../../plugin/committee/member/batchStore.js";
import { CERTIFICATE_DOMAIN, verify } from "../../../plugin/committee/bls.js";
import { MemberDatabase } from "../../../plugin/committee/member/database.js";
import type { MemberKey } from "../../../plugin/committee/member/member.js";
import { SigningLog } from "../../../plugin/committee/member/signingLog.js";
import { batchStatement } from "../../../plugin/committee/statement.js";
import type { BatchAnswer, BatchRequest } from "../../../plugin/committee/wire.js";
import { hexToBytes, type Hex } from "../../../plugin/hex.js";
import { WordTree } from "../../../plugin/sources/wordTree.js";
import { loops } from "../../helpers/chains.js";
import { testStatement } from "../../helpers/committee.js";
import { CommitteeChain, post } from "../../helpers/members.js";

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    ({ code }: { code: string }) => code,
  );
}

describe("a member's signing log", () => {
  const owner = {
    chainId: 1n,
    genesisBlock: `0x${"aa".repeat(32)}`,
    committee: `0x${"bb".repeat(20)}`,
    member: `0x${"cc".repeat(20)}`,
  } as const;
  let folder: string;
  let path: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "signing-"));
  });

  beforeEach(() => {
    path = join(folder, `${Math.random()}.db`);
  });

  after(() => rm(folder, { recursive: true, force: true }));

  /** Opens the file, does something and closes it, as a process does. */
  function during<T>(work: (log: SigningLog, store: BatchStore) => T): T {
    const database = MemberDatabase.open(path, owner);
    try {
      return work(new SigningLog(database), new BatchStore(database));
    } finally {
      database.close();
    }
  }

  const word = (byte: string): Hex => `0x${byte.repeat(32)}`;
  const statement = testStatement();

  it("takes each question's answer once, however often the file is opened, and the same answer again", () => {
    during((log) => log.record(statement, 1n));
    for (const epoch of [1n, 2n]) {
      during((log) => log.record(statement, epoch));
      during((log) => log.record({ ...statement, expiry: 77n }, epoch));
      const other = { ...statement, value: word("01") };
      expect(() => during((log) => log.record(other, epoch))).to.throw("has signed something else");
    }
  });

  it("takes answers to other questions", () => {
    const others = [
      { purpose: 1 as const },
      { subject: `0x${"cd".repeat(20)}` as const },
      { parent: word("02") },
      { accumulator: word("03") },
    ];
    for (const other of [{}, ...others]) {
      during((log) => log.record({ ...statement, ...other, value: word("04") }, 1n));
      const conflicting = { ...statement, ...other, value: word("05") };
      expect(() => during((log) => log.record(conflicting, 1n))).to.throw("has signed something else");
    }
  });

  it("writes what goes along with it, or neither", () => {
    during((log, store) => log.record(statement, 1n, () => store.put(word("06"), loops(1), 9n)));
    expect(during((_log, store) => store.find(word("06")))).to.deep.equal(loops(1));
    const failing = { ...statement, accumulator: word("07") };
    expect(() =>
      during((log, store) =>
        log.record(failing, 1n, () => {
          store.put(word("08"), loops(1), 9n);
          throw new Error("the disk is full");
        }),
      ),
    ).to.throw("the disk is full");
    expect(during((_log, store) => store.find(word("08")))).to.equal(undefined);
    during((log) => log.record({ ...failing, value: word("09") }, 1n));
  });

  it("is one member's of one network, and open in one process", () => {
    during((log) => log.record(statement, 1n));
    for (const change of [{ chainId: 2n }, { genesisBlock: word("ab") }, { member: owner.committee }]) {
      expect(() => MemberDatabase.open(path, { ...owner, ...change })).to.throw("another member, committee or network");
    }
    const open = MemberDatabase.open(path, owner);
    expect(() => MemberDatabase.open(path, owner)).to.throw("runs already");
    open.close();
    MemberDatabase.open(path, owner).close();
  });

  it("forgets batches that expired, and keeps the later of two expiries", () => {
    during((_log, store) => {
      store.put(word("01"), loops(1), 10n);
      store.put(word("02"), loops(2), 10n);
      store.put(word("02"), loops(2), 30n);
      store.put(word("02"), loops(2), 20n);
      expect(store.prune(11n)).to.equal(1);
      expect([store.find(word("01")), store.find(word("02"))]).to.deep.equal([undefined, loops(2)]);
      expect(store.prune(30n)).to.equal(0);
    });
  });
});

describe("a member that is asked to contradict itself", () => {
  let chain: CommitteeChain;
  let member: Hex;
  let one: BatchRequest;
  let other: BatchRequest;

  before(async () => {
    chain = await CommitteeChain.deploy();
    [member] = await chain.seated();
    one = await chain.batchRequest(loops(1));
    other = await chain.batchRequest(loops(2));
  });

  after(() => chain.end());

  async function ask(request: BatchRequest) {
    return post(chain.urls.get(member)!, "/v1/batches", request);
  }

  it("refuses, tells what it has signed, and goes on refusing when it was restarted", async () => {
    await chain.start(member);
    const first = await ask(one);
    expect(first.status).to.equal(200);
    for (let restart = 0; restart < 3; restart++) {
      const refused = await ask(other);
      expect(refused).to.deep.include({ status: 409 });
      expect(refused.body.code).to.equal("CONFLICT");
      const statement = batchStatement(one.inbox, one.lastInput, first.body.root as Hex, 32n, BigInt(one.expiry));
      expect(refused.body.facts).to.include({ signed: statement.value });
      // The same once more is no contradiction, and no other signature.
      expect(await ask(one)).to.deep.equal(first);
      await chain.stop(member);
      await chain.start(member);
    }
  });

  it("has not stored what it refused, and has stored what it signed", async () => {
    const url = chain.urls.get(member)!;
    const { root } = (await ask(one)).body as unknown as BatchAnswer;
    expect(new Uint8Array(await (await fetch(`${url}/v1/batches/${root}`)).arrayBuffer())).to.deep.equal(loops(1));
    const refused = batchRoot(other);
    expect((await fetch(`${url}/v1/batches/${refused}`)).status).to.equal(404);
    await chain.stop(member);
  });

  it("holds to what it has logged, though it died before it answered", async () => {
    const [, another] = await chain.seated();
    const signer = chain.committee.people.find(({ address }) => address.toLowerCase() === another)!;
    const real = chain.committee.secretOf(signer.address);
    const dying: MemberKey = {
      key: real.key,
      sign: () => {
        throw new Error("power failure");
      },
    };
    await chain.start(another, { key: dying });
    const failed = await post(chain.urls.get(another)!, "/v1/batches", one);
    expect(failed).to.deep.equal({
      status: 500,
      body: { code: "INTERNAL", message: "Something is wrong with this member.", facts: {} },
    });
    await chain.stop(another);
    await chain.start(another);
    const refused = await post(chain.urls.get(another)!, "/v1/batches", other);
    expect(refused.body.code).to.equal("CONFLICT");
    const { status, body } = await post(chain.urls.get(another)!, "/v1/batches", one);
    expect(status).to.equal(200);
    const statement = batchStatement(one.inbox, one.lastInput, body.root as Hex, 32n, BigInt(one.expiry));
    const digest = chain.view.digest(1n, statement);
    expect(verify(real.key, digest, CERTIFICATE_DOMAIN, body.signature as Hex)).to.equal(true);
  });

  it("does not run twice with one file, nor with another member's", async () => {
    const [first, second] = await chain.seated();
    await chain.start(first);
    expect(await codeOf(chain.start(first))).to.equal("MEMBER_RUNNING");
    expect((await ask(one)).status).to.equal(200);
    await chain.stop(first);
    expect(await codeOf(chain.start(first, { database: chain.databaseOf(second) }))).to.match(
      /MEMBER_RUNNING|DATABASE_FOREIGN/,
    );
    await chain.stop(second);
    expect(await codeOf(chain.start(first, { database: chain.databaseOf(second) }))).to.equal("DATABASE_FOREIGN");
  });

  it("says where it cannot listen, and gives its file free", async () => {
    const [first, second] = await chain.seated();
    await chain.start(first);
    const taken = Number(new URL(chain.urls.get(first)!).port);
    expect(await codeOf(chain.start(second, { port: taken }))).to.equal("ADDRESS_IN_USE");
    expect(await codeOf(chain.start(second, { port: 70_000 }))).to.equal("ADDRESS_UNUSABLE");
    await chain.start(second);
  });
});

function batchRoot(request: BatchRequest): Hex {
  return new WordTree(hexToBytes(request.data)).root;
}
