import { expect } from "chai";

import { FaultyEndpoint, type Faults } from "../../plugin/testing/faultyEndpoint.js";
import { NodeProcess } from "../../plugin/testing/nodeProcess.js";
import { Project } from "./project.js";

/** As bad as public endpoints are on their worst days. */
const BAD: Faults = { errors: 0.15, unavailable: 0.1, rateLimit: 0.1, resets: 0.1, truncated: 0.1, latency: 20 };
/** What somebody gets through in a few tries who has no other endpoint: an opening is a dozen questions. */
const POOR: Faults = { errors: 0.03, unavailable: 0.03, rateLimit: 0.03, resets: 0.03 };

describe("rollup:node, started while the settlement layer answers badly", function () {
  this.timeout(300_000);
  let project: Project;
  const endpoints: FaultyEndpoint[] = [];
  const running: NodeProcess[] = [];

  before(async () => {
    project = await Project.create();
    await project.json("rollup:deploy --chain served");
  });

  afterEach(async () => {
    await Promise.all(running.splice(0).map((node) => node.kill()));
    await Promise.all(endpoints.splice(0).map((endpoint) => endpoint.stop()));
  });

  after(() => project.close());

  async function spoiled(seed: number, faults: Faults): Promise<FaultyEndpoint> {
    const endpoint = await FaultyEndpoint.start(project.nodeUrl, seed);
    endpoint.faults = faults;
    endpoints.push(endpoint);
    return endpoint;
  }

  function start(url: string, others: readonly string[] = []): NodeProcess {
    const options = project.nodeProcess("rollup:node --chain served --roles none --log json");
    const places = { TEST_NODE_URL: url, TEST_ENDPOINTS: JSON.stringify(others) };
    const node = new NodeProcess({ ...options, environment: { ...options.environment, ...places } });
    running.push(node);
    return node;
  }

  async function isHealthy(node: NodeProcess): Promise<void> {
    const client = await node.listening;
    expect(client, node.written).not.to.equal(undefined);
    while (!(await fetch(`${client!.url}/health`)).ok) await new Promise((resolve) => setTimeout(resolve, 200));
    expect(node.written).not.to.contain("report");
  }

  it("at its one endpoint, begins as soon as it can", async () => {
    await isHealthy(start((await spoiled(3, POOR)).url));
  });

  it("at one that is silent at first, says so and goes on when it answers", async () => {
    const endpoint = await spoiled(5, { unavailable: 1 });
    const node = start(endpoint.url);
    while (!node.written.includes("tried again in 1 s")) await new Promise((resolve) => setTimeout(resolve, 100));
    endpoint.faults = {};
    await isHealthy(node);
    const lines = node.written
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { msg: string; level: number });
    expect(lines.some(({ msg }) => /^reaching the network: .*tried again in 0.5 s$/.test(msg))).to.equal(true);
  });

  it("at several endpoints, of which most are bad", async () => {
    const [first, second, third] = [await spoiled(7, BAD), await spoiled(8, BAD), await spoiled(9, {})];
    await isHealthy(start(first.url, [first.url, second.url, third.url]));
  });
});
