/** Descriptions of routes, and checks of their parameters: the source of `/openapi.json`. */
import type { ValidationTargets } from "hono";
import { resolver, validator } from "hono-openapi";
import { z } from "zod";

export const problem = z.object({ error: z.string().describe("what is wrong, in words") });

/** A JSON response. */
export const json = (schema: z.ZodType, description: string) => ({
  description,
  content: { "application/json": { schema: resolver(schema) } },
});

/** A text response. */
export const textOf = (type: string, description: string) => ({
  description,
  content: { [type]: { schema: { type: "string" as const } } },
});

/** Errors of every route for reading. */
export const MAY_LOOK = {
  401: json(problem, "the token is needed, and was not sent"),
  403: json(problem, "a request from another site, or no token is set and the address may be reachable from elsewhere"),
};

/** Errors of every route that changes something. */
export const MAY_TOUCH = {
  401: json(problem, "the token is needed, on loopback too"),
  403: json(problem, "a request from another site, or [web] token is not set"),
};

export const BAD = { 400: json(problem, "the request does not match its schema") };

/** Validates a part of the request; invalid input is 400 with a message. */
export const checked = <Target extends keyof ValidationTargets, Schema extends z.ZodType>(
  target: Target,
  schema: Schema,
) =>
  validator(target, schema, (result, context) => {
    if (result.success) return undefined;
    const [{ message = "", path = [] } = {}] = result.error;
    return context.json({ error: `${path.map(String).join(".")}: ${message}` }, 400);
  });
