import { fastify, type FastifyError, type FastifyInstance, type FastifyReply } from "fastify";
import { z } from "zod";

import type { Hex } from "../../hex.js";
import { assertionRequest, batchRequest, describeIssues, type Refusal } from "../wire.js";
import type { Member } from "./member.js";
import { MemberError, Status } from "./memberError.js";

/** What the server bears from strangers. Times in milliseconds. */
export interface ServerLimits {
  /** The longest body of a request, in bytes. */
  readonly body: number;
  /** How long a request may take to arrive. */
  readonly request: number;
  /** How long a connection may be idle. */
  readonly idle: number;
  readonly connections: number;
}

export const SERVER_LIMITS: ServerLimits = { body: 2 ** 21 + 2 ** 12, request: 30_000, idle: 10_000, connections: 256 };

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
export function memberServer(member: Member, limits: ServerLimits = SERVER_LIMITS): FastifyInstance {
  const server = fastify({
    logger: false,
    bodyLimit: limits.body,
    requestTimeout: limits.request,
    connectionTimeout: limits.request,
    keepAliveTimeout: limits.idle,
    forceCloseConnections: true,
    http: { headersTimeout: limits.request, connectionsCheckingInterval: Math.min(limits.request, 5_000) },
    frameworkErrors: (error, _request, reply) => void refuse(error, reply),
    clientErrorHandler: (_error, socket) => void socket.destroy(),
  });
  server.removeContentTypeParser("text/plain");
  server.server.maxConnections = limits.connections;
  server.setErrorHandler((error: FastifyError, _request, reply) => refuse(error, reply));
  server.setNotFoundHandler((request, reply) => refuse(noSuchPath(request.method, request.url), reply));

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

/** @throws {MemberError} `REQUEST_INVALID`, with everything that is wrong. */
function given<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const { data, error } = schema.safeParse(value);
  if (error === undefined) return data;
  throw new MemberError(Status.BadRequest, "REQUEST_INVALID", "The request cannot be read.", {
    reason: describeIssues(error),
  });
}

async function refuse(error: unknown, reply: FastifyReply): Promise<FastifyReply> {
  const { status, code, sentence, facts } = error instanceof MemberError ? error : translate(error as FastifyError);
  const body: Refusal = { code, message: sentence, facts: plain(facts) };
  if (status === Status.NotYet) void reply.header("retry-after", "1");
  return reply.status(status).send(body);
}

/** What the web framework refuses by itself, and what nobody has foreseen: of that no more is said than that it happened. */
function translate({ code, statusCode, message }: FastifyError): MemberError {
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") return new MemberError(Status.TooLarge, "BODY_TOO_LARGE", message);
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") return new MemberError(Status.Unsupported, "NOT_JSON", message);
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new MemberError(Status.BadRequest, "REQUEST_INVALID", "The request cannot be read.", { reason: message });
  }
  return new MemberError(Status.Internal, "INTERNAL", "Something is wrong with this member.");
}

function noSuchPath(method: string, url: string): MemberError {
  return new MemberError(Status.NotFound, "PATH_UNKNOWN", "There is nothing here.", {
    given: `${method} ${url.slice(0, 200)}`,
  });
}

/** JSON has no bigints. */
function plain(facts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(facts).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, typeof value === "bigint" ? Number(value) : value]));
}
