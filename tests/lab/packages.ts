/**
 * The programs that the lab runs, and the Debian packages that have them. `bun tests/lab/packages.ts` prints the
 * packages that are not installed, a line each: nothing when all is there.
 */
import { existsSync } from "node:fs";
import { isInstalled } from "../support/programs.ts";

/** What must be found, a command or a file, and the package that brings it. */
const NEEDED: readonly (readonly [string, string])[] = [
  ["prosody", "prosody"],
  ["/usr/lib/prosody/modules/mod_privilege", "prosody-modules"],
  ["ejabberdctl", "ejabberd"],
  ["kamailio", "kamailio"],
  ["/usr/lib/x86_64-linux-gnu/kamailio/modules/websocket.so", "kamailio-websocket-modules"],
  ["/usr/lib/x86_64-linux-gnu/kamailio/modules/tls.so", "kamailio-tls-modules"],
  ["rtpengine", "rtpengine-daemon"],
  ["sipp", "sip-tester"],
  ["turnserver", "coturn"],
  ["iptables", "iptables"],
  ["tshark", "tshark"],
  ["baresip", "baresip"],
  ["linphone-daemon", "linphone-cli"],
  ["pulseaudio", "pulseaudio"],
  ["parec", "pulseaudio-utils"],
  ["chromium", "chromium"],
  ["ip", "iproute2"],
  ["/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "faketime"],
  ["openssl", "openssl"],
  ["/etc/ssl/certs/ca-certificates.crt", "ca-certificates"],
  ["dino-im", "dino-im"],
  ["/usr/lib/x86_64-linux-gnu/gstreamer-1.0/libgstopus.so", "gstreamer1.0-plugins-base"],
  ["/usr/lib/x86_64-linux-gnu/gstreamer-1.0/libgstrtpmanager.so", "gstreamer1.0-plugins-good"],
  ["/usr/lib/x86_64-linux-gnu/gstreamer-1.0/libgstpulseaudio.so", "gstreamer1.0-pulseaudio"],
  ["dbus-run-session", "dbus-daemon"],
  ["dbus-monitor", "dbus-bin"],
  ["Xvfb", "xvfb"],
  ["xdotool", "xdotool"],
];

const found = (thing: string): boolean => (thing.startsWith("/") ? existsSync(thing) : isInstalled(thing));

export const missingPackages = (): string[] => NEEDED.filter(([thing]) => !found(thing)).map(([, name]) => name);

if (import.meta.main) for (const name of missingPackages()) console.log(name);
