import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance } from "fastify";

import { given, httpServer, type ServerLimits } from "../../http/httpServer.js";
import { hexToBytes } from "../../hex.js";
import { OUTPUT_LIMIT, plainJson } from "./plainJson.js";
import type { NodeService } from "../nodeService.js";
import { metricsOf } from "../metrics.js";
import { problemsOf, statusOfService } from "../serviceStatus.js";
import { answerQuery, describeAssertions, describeDispute, describeTransaction } from "./answers.js";
import {
  accountQuery,
  addressPath,
  assertionPath,
  hashPath,
  indexPath,
  queryRequest,
  transactionRequest,
  withdrawalsQuery,
} from "./requests.js";

export const NODE_SERVER_LIMITS: ServerLimits = { body: 2 ** 18, request: 15_000, idle: 10_000, connections: 1_024 };

/** So many withdrawals are shown, unless more are asked for. */
const WITHDRAWALS_SHOWN = 100;
/** Above every index that a tree of outputs has. */
const NO_INDEX = 2n ** 32n;

/** Serves a node to users over HTTP. */
export async function nodeServer(
  service: NodeService,
  limits: ServerLimits = NODE_SERVER_LIMITS,
): Promise<FastifyInstance> {
  const server = httpServer("this node", limits);
  const max = service.config.requestsPerMinute;
  await server.register(rateLimit, {
    max,
    timeWindow: 60_000,
    allowList: (request) => !request.url.startsWith("/v1/"),
  });
  server.setReplySerializer((payload) => plainJson(payload));
  addTransactions(server, service);
  addChain(server, service);
  addOperations(server, service);
  return server;
}

function addTransactions(server: FastifyInstance, service: NodeService): void {
  server.post("/v1/transactions", async (request, reply) => {
    const { data } = given(transactionRequest, request.body);
    const hash = await service.mempool.accept(hexToBytes(data));
    return reply.status(202).send({ hash, state: "accepted" });
  });
  server.get("/v1/transactions/:hash", (request, reply) =>
    reply.send(describeTransaction(service, given(hashPath, request.params).hash)),
  );
  server.get("/v1/accounts/:address", (request, reply) => {
    const { address } = given(addressPath, request.params);
    const { token } = given(accountQuery, request.query);
    const accounts = service.view.keysOf(address, token).map((key) => service.mempool.describe(key));
    return reply.send({ address, inputs: Number(service.node.executor.inputCount), accounts });
  });
  server.post("/v1/query", async (request, reply) => {
    const { data, steps } = given(queryRequest, request.body);
    return reply.send(await answerQuery(service, data, steps));
  });
}

function addChain(server: FastifyInstance, service: NodeService): void {
  server.get("/v1/withdrawals/:index/proof", (request, reply) => {
    const { payout, ...proof } = service.payouts.prove(given(indexPath, request.params).index);
    return reply.send({ ...proof, withdrawal: payout.content });
  });
  server.get("/v1/withdrawals", (request, reply) => {
    const { account, limit = WITHDRAWALS_SHOWN, before = NO_INDEX } = given(withdrawalsQuery, request.query);
    const found = service.payouts.before(before, limit, account);
    return reply.send(found.map(({ index, input, confirmed, content }) => ({ ...content, index, input, confirmed })));
  });
  server.get("/v1/assertions", (_request, reply) => reply.send(describeAssertions(service, OUTPUT_LIMIT)));
  server.get("/v1/disputes/:assertion", async (request, reply) => {
    const { assertion } = given(assertionPath, request.params);
    return reply.send(describeDispute(service, assertion, await service.chain.now()));
  });
  server.get("/v1/status", (_request, reply) => reply.send(statusOfService(service)));
}

function addOperations(server: FastifyInstance, service: NodeService): void {
  server.get("/health", (_request, reply) => {
    const problems = problemsOf(service);
    return reply.status(problems.length === 0 ? 200 : 503).send({ healthy: problems.length === 0, problems });
  });
  const metrics = metricsOf(service);
  server.get("/metrics", async (_request, reply) =>
    reply
      .type(metrics.contentType)
      .serializer(String)
      .send(await metrics.metrics()),
  );
}
