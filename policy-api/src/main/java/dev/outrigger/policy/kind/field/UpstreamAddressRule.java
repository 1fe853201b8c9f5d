// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.field;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.ViolationCode;
import java.net.InetAddress;
import java.util.Set;

/**
 * Which addresses a proxy may be told to send requests to. Link-local ones are where clouds keep
 * instance credentials; the control plane's own ports would let a document's author speak to it
 * from inside the proxies' network.
 *
 * @param allowLinkLocal whether 169.254.0.0/16 and fe80::/10 are fine, an operator's decision
 * @param reservedPorts ports on loopback addresses that no endpoint may have: our own sockets
 */
public record UpstreamAddressRule(boolean allowLinkLocal, Set<Integer> reservedPorts) {
    /** Refuses link-local addresses; knows no port of our own. */
    public static final UpstreamAddressRule DEFAULT = new UpstreamAddressRule(false, Set.of());

    /** Refuses no address that a host can have: an operator's decision. */
    public static final UpstreamAddressRule ANY_HOST = new UpstreamAddressRule(true, Set.of());

    public UpstreamAddressRule {
        reservedPorts = Set.copyOf(reservedPorts);
    }

    /** Refuses likewise, and our own sockets. */
    public static UpstreamAddressRule reserving(Set<Integer> ports) {
        return new UpstreamAddressRule(false, ports);
    }

    /** Records a violation at {@code node} when the address may not be an endpoint. */
    public void check(DocumentNode node, String address, int port) {
        var parsed = Hosts.parse(address);
        if (parsed.isEmpty()) {
            return;
        }
        InetAddress ip = parsed.get();
        if (ip.isAnyLocalAddress() || ip.isMulticastAddress() || isBroadcast(ip)) {
            forbid(node, address + " is no address of one host.");
        } else if (isLinkLocal(ip) && !allowLinkLocal) {
            forbid(
                    node,
                    address
                            + " is a link-local address, where clouds keep credentials; the operator"
                            + " of the control plane has not allowed such endpoints.");
        } else if (ip.isLoopbackAddress() && reservedPorts.contains(port)) {
            forbid(node, address + ":" + port + " is a port of the control plane itself.");
        }
    }

    private static void forbid(DocumentNode node, String detail) {
        node.violate(ViolationCode.FORBIDDEN_ADDRESS, detail);
    }

    private static boolean isLinkLocal(InetAddress ip) {
        byte[] b = ip.getAddress();
        // fd00:ec2::254 is the metadata address of one large cloud in IPv6.
        boolean isCloudMetadata =
                b.length == 16
                        && b[0] == (byte) 0xfd
                        && b[1] == 0
                        && b[2] == 0x0e
                        && b[3] == (byte) 0xc2;
        return ip.isLinkLocalAddress() || isCloudMetadata;
    }

    private static boolean isBroadcast(InetAddress ip) {
        for (byte b : ip.getAddress()) {
            if (b != (byte) 0xff) {
                return false;
            }
        }
        return true;
    }
}
