/** Random tokens. */
import { randomUUID } from "node:crypto";

/** Letters and digits, 122 bits. */
export const random = (): string => randomUUID().replaceAll("-", "");
