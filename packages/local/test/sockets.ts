import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** `st` of a socket that listens. Source: the kernel's Documentation/networking/proc_net_tcp.rst */
const LISTEN = "0A";

const LOOPBACK = new Set(["0100007F", "0000000000000000FFFF00000100007F"]); // 127.0.0.1, and the same mapped into IPv6

/** Where a process listens, by /proc: `127.0.0.1:port`, or the kernel's hexadecimal address for any other. */
export function listeningAddresses(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  const sockets = new Set(readdirSync(folder).map((fd) => /^socket:\[(\d+)\]$/.exec(linkOf(`${folder}/${fd}`))?.[1]));
  return ["tcp", "tcp6"].flatMap((protocol) => {
    const [, ...rows] = readFileSync(`/proc/${pid}/net/${protocol}`, "utf8").trim().split("\n");
    return rows.flatMap((row) => {
      const [, local = "", , state, , , , , , inode] = row.trim().split(/\s+/);
      if (state !== LISTEN || !sockets.has(inode)) return [];
      const [address = "", port = ""] = local.split(":");
      return [`${LOOPBACK.has(address) ? "127.0.0.1" : address}:${Number.parseInt(port, 16)}`];
    });
  });
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return ""; // closed meanwhile
  }
}
