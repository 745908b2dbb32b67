import { connect } from "node:net";
import { setTimeout } from "node:timers/promises";

import { expect } from "chai";
import fc from "fast-check";

import type { BatchRequest } from "../../../plugin/committee/wire.js";
import type { Hex } from "../../../plugin/hex.js";
import { loops } from "../../helpers/chains.js";
import { CommitteeChain, post, type Answer } from "../../helpers/members.js";

const RUNS = { seed: 5, numRuns: 150 };
const PATHS = ["/v1/batches", "/v1/assertions"];

describe("a member's server that is fed garbage", () => {
  let chain: CommitteeChain;
  let url: string;
  let good: BatchRequest;

  before(async () => {
    chain = await CommitteeChain.deploy();
    const [member] = await chain.seated();
    const serverLimits = { request: 500, idle: 500, connections: 16, body: 100_000 };
    ({ url } = await chain.start(member, { serverLimits, limits: { batchBytes: 20_000, patience: 200 } }));
    good = await chain.batchRequest(loops(1));
  });

  /** After everything it still does its work. */
  afterEach(async () => {
    const { status, body } = await post(url, "/v1/batches", good);
    expect(status, JSON.stringify(body)).to.equal(200);
  });

  after(() => chain.end());

  /** Every refusal says why, in the same shape. */
  async function expectRefused(response: Response, statuses: readonly number[], code?: string): Promise<void> {
    const body = (await response.json()) as { code: string; message: string; facts: object };
    expect(statuses, JSON.stringify(body)).to.include(response.status);
    expect(body).to.have.all.keys("code", "message", "facts");
    expect(body.code).to.match(/^[A-Z_]+$/);
    if (code !== undefined) expect(body.code).to.equal(code);
  }

  function send(path: string, body: Uint8Array<ArrayBuffer> | string, type = "application/json"): Promise<Response> {
    return fetch(url + path, { method: "POST", body, headers: { "content-type": type } });
  }

  it("refuses bytes that are no JSON", async () => {
    const property = fc.asyncProperty(
      fc.constantFrom(...PATHS),
      fc.uint8Array({ maxLength: 300 }),
      async (path, bytes) => expectRefused(await send(path, new Uint8Array(bytes)), [400], "REQUEST_INVALID"),
    );
    await fc.assert(property, RUNS);
  });

  it("refuses JSON that is no request", async () => {
    const property = fc.asyncProperty(fc.constantFrom(...PATHS), fc.jsonValue(), async (path, value) =>
      expectRefused(await send(path, JSON.stringify(value)), [400], "REQUEST_INVALID"),
    );
    await fc.assert(property, RUNS);
  });

  it("refuses requests of which one field is something else, and names the field", async () => {
    const fields = Object.keys(good) as (keyof BatchRequest)[];
    const strange = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom("0x", "0x0", "0xzz", `0x${"00".repeat(31)}`, `0x${"00".repeat(33)}`, -1, 1.5, 2 ** 53, 1e300),
      fc.string(),
    );
    const property = fc.asyncProperty(fc.constantFrom(...fields), strange, async (field, value) => {
      const { status, body } = await post(url, "/v1/batches", { ...good, [field]: value });
      // What is well formed may be refused for what it says.
      expect(status, JSON.stringify({ field, value, body })).to.be.oneOf([400, 403, 404, 409, 503]);
      if (status === 400) expect(JSON.stringify(body.facts)).to.contain(field);
    });
    await fc.assert(property, RUNS);
  });

  it("refuses fields that are missing and those that nobody asked for", async () => {
    for (const field of Object.keys(good)) {
      const { status, body } = await post(url, "/v1/batches", { ...good, [field]: undefined });
      expect({ status, code: body.code }).to.deep.equal({ status: 400, code: "REQUEST_INVALID" });
    }
    expect((await post(url, "/v1/batches", { ...good, more: 1 })).status).to.equal(400);
    expect(
      (await post(url, "/v1/batches", JSON.stringify(good).replace("{", '{"__proto__":{"a":1},'))).status,
    ).to.equal(400);
  });

  it("refuses bodies that are too long, in bytes and as batches, and other types than JSON", async () => {
    await expectRefused(await send("/v1/batches", "x".repeat(100_001)), [413], "BODY_TOO_LARGE");
    await expectRefused(await send("/v1/assertions", "x".repeat(10_000)), [413], "BODY_TOO_LARGE");
    const long = await chain.batchRequest(new Uint8Array(20_001));
    await expectRefused(await send("/v1/batches", JSON.stringify(long)), [413], "BATCH_TOO_LONG");
    for (const type of ["text/plain", "application/xml", "multipart/form-data; boundary=x", "nonsense"]) {
      await expectRefused(await send("/v1/batches", JSON.stringify(good), type), [415], "NOT_JSON");
    }
  });

  it("answers strange paths and methods", async () => {
    const root: Hex = `0x${"12".repeat(32)}`;
    const paths: [string, number][] = [
      ["/", 404],
      ["/v1", 404],
      ["/v1/batches", 404],
      [`/v1/batches/${root}`, 404],
      [`/v1/batches/${root}/words/0`, 404],
      [`/v1/batches/${root.slice(0, 20)}`, 400],
      [`/v1/batches/${root}/words/-1`, 400],
      [`/v1/batches/${root}/words/99999999999`, 400],
      [`/v1/batches/${root}/words/1e3`, 400],
      ["/v1/batches/%00", 400],
      ["/v1/batches/%zz", 400],
      [`/v1/batches/${"a".repeat(5000)}`, 404],
      ["/v1/batches/..%2f..%2fetc%2fpasswd", 400],
    ];
    for (const [path, status] of paths) {
      const response = await fetch(url + path);
      expect(response.status, path).to.be.oneOf([status, 400, 404, 414]);
      expect(((await response.json()) as { code: string }).code, path).to.match(/^[A-Z_]+$/);
    }
    for (const method of ["PUT", "DELETE", "PATCH", "OPTIONS"]) {
      await expectRefused(await fetch(`${url}/v1/batches`, { method }), [404], "PATH_UNKNOWN");
    }
    const property = fc.asyncProperty(fc.webPath(), async (path) => {
      expect((await fetch(`${url}/v1/batches/${path}`)).status).to.be.oneOf([400, 404, 414]);
    });
    await fc.assert(property, RUNS);
  });

  it("drops connections that speak no HTTP, stop in the middle or say nothing", async () => {
    const { port } = new URL(url);
    const speak = (bytes: Uint8Array | string): Promise<void> =>
      new Promise((resolve) => {
        const socket = connect(Number(port), "127.0.0.1", () => socket.write(bytes));
        socket.on("error", () => undefined).on("close", () => resolve());
        socket.resume();
      });
    const before = Date.now();
    const head = "POST /v1/batches HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
    await Promise.all([
      speak("\0\0\0\0\r\n\r\n"),
      speak("GET / HTTP/9.9\r\n\r\n"),
      speak(Buffer.from("160301020001000102", "hex")),
      speak("POST /v1/batches HTTP/1.1\r\nhost"),
      speak(`${head}content-length: 1000\r\n\r\n{"inbox"`),
      speak(`${head}content-length: -5\r\n\r\n`),
      speak(`${head}transfer-encoding: chunked\r\n\r\nZZ\r\n`),
      speak(`GET / HTTP/1.1\r\nhost: x\r\n${"a: b\r\n".repeat(20_000)}`),
      speak(""),
    ]);
    expect(Date.now() - before).to.be.lessThan(35_000);
  });

  it("survives more connections than it takes", async () => {
    const { port } = new URL(url);
    const sockets = Array.from({ length: 200 }, () => connect(Number(port), "127.0.0.1").on("error", () => undefined));
    await setTimeout(100);
    sockets.forEach((socket) => socket.destroy());
    await setTimeout(100);
  });

  it("answers many at once", async () => {
    // Connections of the tests before may still be open, as the server sees it: whom it then has no room for asks again.
    const ask = (): Promise<Answer> => post(url, "/v1/batches", good).catch(() => setTimeout(100).then(ask));
    const answers = await Promise.all(Array.from({ length: 12 }, ask));
    expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([200]));
    expect(new Set(answers.map(({ body }) => body.signature)).size).to.equal(1);
  });
});
