import { openUdp } from "../../transports/udp.ts";
import { datagramsKeep } from "./conformance.ts";

datagramsKeep("datagrams over UDP", openUdp, (promise) => promise);
