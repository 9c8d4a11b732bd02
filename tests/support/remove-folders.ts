/** Preloaded by `bun test` (bunfig.toml), which runs no listeners of "exit": removes the folders that tests have left. */
import { afterAll } from "bun:test";
import { removeFolders } from "./folders.ts";

afterAll(removeFolders);
