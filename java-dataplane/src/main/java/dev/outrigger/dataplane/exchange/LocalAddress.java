// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import java.net.Inet4Address;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Comparator;

/**
 * This machine's first IPv4 address that is not loopback: what Envoy appends to {@code
 * x-forwarded-for} for a peer on loopback. Interfaces count in the order of their index, which is
 * the order {@code getifaddrs} gives them in. Looked up once.
 */
final class LocalAddress {
    private static final String IP = find();

    private LocalAddress() {}

    static String ip() {
        return IP;
    }

    private static String find() {
        try {
            return NetworkInterface.networkInterfaces()
                    .sorted(Comparator.comparingInt(NetworkInterface::getIndex))
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(a -> a instanceof Inet4Address && !a.isLoopbackAddress())
                    .map(a -> a.getHostAddress())
                    .findFirst()
                    .orElse("127.0.0.1");
        } catch (SocketException e) {
            return "127.0.0.1";
        }
    }
}
