import * as z from "zod";

/** How many things a call asks for. */
export const limitArgument = z
  .number()
  .int()
  .min(1)
  .max(1000)
  .default(200)
  .describe("At most so many; 1 to 1000, default 200.");

/** The fields by which a call reads a log piece by piece. */
export const pageArguments = {
  after_seq: z.number().int().min(0).default(0).describe("Only what came after this event; default 0."),
  limit: limitArgument,
};
