// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import dev.outrigger.dataplane.message.ConnectionInfo;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Addresses of which only the network is to be told. */
final class NetworkAddresses {
    private NetworkAddresses() {}

    /**
     * The network of an address, for example {@code 10.1.2.0/24}; all of it where the length is
     * more than it has.
     */
    static String masked(String ip, int bits) {
        byte[] bytes;
        try {
            // A literal: nothing is looked up.
            bytes = InetAddress.ofLiteral(ip.replace("[", "").replace("]", "")).getAddress();
        } catch (IllegalArgumentException e) {
            return ip;
        }
        int length = Math.clamp(bits, 0, bytes.length * 8);
        for (int i = 0; i < bytes.length; i++) {
            int kept = Math.clamp(length - i * 8L, 0, 8);
            bytes[i] = (byte) (bytes[i] & (0xff << (8 - kept)));
        }
        try {
            var network = new InetSocketAddress(InetAddress.getByAddress(bytes), 0);
            return ConnectionInfo.ip(network) + "/" + length;
        } catch (UnknownHostException e) {
            throw new IllegalStateException("address of " + bytes.length + " bytes", e);
        }
    }
}
