import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

const LARGEST_PORT = 65_535;

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/;
/** No URL can have such a name: it is an address, or a slip in one (`10.0.0.256`). */
const ENDS_IN_NUMBER = /(^|\.)[0-9]+$/;

/** One entry with a port, or for all ports. */
interface Entry<T> {
  readonly value: T;
  readonly port: number | null;
}

/** The operator's exceptions: `name`, `name:8080`, `10.0.0.5`, `10.0.0.5:80`, `[fd00::1]:80`, `10.0.0.0/8`. */
export class AllowList {
  private readonly hosts: Entry<string>[] = [];
  private readonly ranges: Entry<[Address, number]>[] = [];

  /** @throws Error for an entry that is neither a host nor an address nor a CIDR */
  constructor(entries: readonly string[]) {
    for (const entry of entries) this.add(entry.trim().toLowerCase());
  }

  /** Is this name (lower case) let through wherever it leads? */
  hasHost(host: string, port: number): boolean {
    return this.hosts.some((entry) => entry.value === host && portMatches(entry, port));
  }

  hasAddress(address: Address, port: number): boolean {
    return this.ranges.some(
      (entry) =>
        entry.value[0].kind() === address.kind() && address.match(entry.value) && portMatches(entry, port),
    );
  }

  private add(entry: string): void {
    if (ipaddr.isValidCIDR(entry)) {
      this.ranges.push({ value: normalised(ipaddr.parseCIDR(entry)), port: null });
      return;
    }
    const { host, port } = splitPort(entry);
    if (port !== null && port > LARGEST_PORT) throw notAnEntry(entry);
    if (ipaddr.isValid(host)) {
      const address = ipaddr.process(host);
      this.ranges.push({ value: [address, address.kind() === 'ipv4' ? 32 : 128], port });
    } else if (HOST_NAME.test(host) && !ENDS_IN_NUMBER.test(host)) {
      this.hosts.push({ value: host, port });
    } else {
      throw notAnEntry(entry);
    }
  }
}

function notAnEntry(entry: string): Error {
  return new Error(`not a host, host:port, address or CIDR: ${entry}`);
}

/** `::ffff:10.0.0.0/104` is `10.0.0.0/8`: addresses are compared without their mapped form. */
function normalised([address, bits]: [Address, number]): [Address, number] {
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= 96) {
    return [address.toIPv4Address(), bits - 96];
  }
  return [address, bits];
}

function splitPort(entry: string): { host: string; port: number | null } {
  const bracketed = /^\[([^\]]*)\](?::(\d{1,5}))?$/.exec(entry);
  const plain = bracketed ?? /^([^:]*):(\d{1,5})$/.exec(entry);
  if (plain === null) return { host: entry, port: null };
  return { host: plain[1] ?? '', port: plain[2] === undefined ? null : Number(plain[2]) };
}

function portMatches(entry: Entry<unknown>, port: number): boolean {
  return entry.port === null || entry.port === port;
}
