import { expect } from "chai";

import { FaultyEndpoint } from "../../plugin/testing/faultyEndpoint.js";
import { NodeProcess } from "../../plugin/testing/nodeProcess.js";
import { Project } from "./project.js";
import { servedTransfer } from "./servedTransfer.js";

/** As shells tell of a process that a signal has ended. */
const INTERRUPTED = 130;

describe("rollup:node as a process", function () {
  this.timeout(300_000);
  let project: Project;
  const running: NodeProcess[] = [];

  before(async () => {
    project = await Project.create();
    await project.json("rollup:deploy --chain served");
  });

  afterEach(() => Promise.all(running.splice(0).map((node) => node.kill())));
  after(() => project.close());

  async function start(options: string, url = project.nodeUrl, chain = "served --roles none"): Promise<NodeProcess> {
    const { environment, ...parts } = project.nodeProcess(`rollup:node --chain ${chain} ${options}`);
    const node = new NodeProcess({ ...parts, environment: { ...environment, TEST_NODE_URL: url } });
    running.push(node);
    expect(await node.listening, node.written).not.to.equal(undefined);
    return node;
  }

  it("posts users' transactions in blobs where the chain has no other source, and another derives them", async () => {
    await project.json("rollup:deploy --chain servedBlobs");
    const node = await start("--log json", undefined, "servedBlobs --roles sequencer");
    const sources = await servedTransfer(project, "servedBlobs", (await node.listening)!);
    expect(sources).to.deep.equal(["blob"]);
    await node.stop();
    const executed = await project.json<{ inputs: object[] | number }>("rollup:execute --chain servedBlobs");
    expect(JSON.stringify(executed)).to.contain('"returned"');
  });

  it("writes one JSON object a line with --log json, and where nobody looks", async () => {
    for (const option of ["--log json", ""]) {
      const { status, log } = await (await start(option)).stop();
      expect(status, log).to.equal(0);
      const lines = log
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(lines[0].msg).to.match(/^Node of served as nobody: http:/);
      for (const line of lines) expect(line).to.include.keys("level", "time", "chain", "msg");
      expect(lines.at(-1)?.msg).to.contain("Once more to stop at once");
    }
  });

  it("writes lines for people with --log text, and knows no other form", async () => {
    const { log } = await (await start("--log text")).stop();
    expect(log)
      .to.match(/^Node of served as nobody: http:/m)
      .and.not.contain("{");
    const refused = await project.run("rollup:node --chain served --log yaml");
    expect(refused.status).to.equal(1);
    expect(refused.stderr).to.contain("--log").and.contain("text").and.contain("json");
  });

  it("stops at once at a second signal, whatever it waits for", async () => {
    const endpoint = await FaultyEndpoint.start(project.nodeUrl, 1);
    try {
      const node = await start("--poll 1 --log json", endpoint.url);
      endpoint.faults = { silent: 1 };
      while ((endpoint.happened.get("silent") ?? 0) === 0) await new Promise((resolve) => setTimeout(resolve, 50));
      const stopping = node.stop("SIGINT");
      while (!node.written.includes("Once more")) await new Promise((resolve) => setTimeout(resolve, 50));
      const begun = Date.now();
      const [{ status }] = await Promise.all([stopping, node.stop("SIGTERM")]);
      expect(status).to.equal(INTERRUPTED);
      // The first alone would wait for what is under way for ten seconds and more.
      expect(Date.now() - begun).to.be.below(8_000);
    } finally {
      await endpoint.stop();
    }
  });
});
