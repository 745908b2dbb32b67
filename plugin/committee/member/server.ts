import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance } from "fastify";
import { z } from "zod";

import type { Hex } from "../../hex.js";
import { given, httpServer, type ServerLimits } from "../../http/httpServer.js";
import { assertionRequest, batchRequest } from "../wire.js";
import type { Member } from "./member.js";

export interface MemberServerLimits extends ServerLimits {
  /** How many requests one address may make in a minute, so that nobody keeps the member from answering the others. */
  readonly requestsPerMinute: number;
}

/** A sequencer that asks a member again and again, as it is told to, makes 300 requests in a minute. */
export const SERVER_LIMITS: MemberServerLimits = {
  body: 2 ** 21 + 2 ** 12,
  request: 30_000,
  idle: 10_000,
  connections: 256,
  requestsPerMinute: 6_000,
};

/** Bodies beside batches are short. */
const SMALL_BODY = 2 ** 12;

const root = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, "expected 0x and 64 hexadecimal digits")
  .transform((text) => text.toLowerCase() as Hex);
const batchPath = z.object({ root });
const wordPath = z.object({
  root,
  index: z
    .string()
    .regex(/^\d{1,9}$/, "expected a whole number")
    .transform(Number),
});

/** Serves a member over HTTP. Whatever comes in, what goes out is an answer or `{ code, message, facts }`. */
export async function memberServer(
  member: Member,
  limits: MemberServerLimits = SERVER_LIMITS,
): Promise<FastifyInstance> {
  const server = httpServer("this member", limits);
  await server.register(rateLimit, { max: limits.requestsPerMinute, timeWindow: 60_000 });
  server.get("/v1/member", () => member.identity());
  server.post("/v1/batches", (request) => member.signBatch(given(batchRequest, request.body)));
  server.post("/v1/assertions", { bodyLimit: SMALL_BODY }, (request) =>
    member.signAssertion(given(assertionRequest, request.body)),
  );
  server.get("/v1/batches/:root", (request, reply) => {
    const batch = member.batch(given(batchPath, request.params).root);
    return reply.type("application/octet-stream").send(batch);
  });
  server.get("/v1/batches/:root/words/:index", (request) => {
    const path = given(wordPath, request.params);
    return member.word(path.root, path.index);
  });
  return server;
}
