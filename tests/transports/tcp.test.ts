import { connectTcp, listenTcp } from "../../transports/tcp.ts";
import { streamsKeep } from "./conformance.ts";

streamsKeep("streams over TCP", listenTcp, connectTcp, (promise) => promise);
