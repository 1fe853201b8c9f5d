// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.als;

import dev.outrigger.dataplane.config.PipeAddress;
import dev.outrigger.dataplane.message.ConnectionInfo;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.Pipe;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import java.net.InetSocketAddress;

/** Addresses as messages. Pure. */
final class AddressEntries {
    private AddressEntries() {}

    static Address address(InetSocketAddress address) {
        return PipeAddress.isPipe(address)
                ? pipe(PipeAddress.path(address))
                : socket(ConnectionInfo.ip(address), address.getPort());
    }

    /** {@code ip:port}, IPv6 in brackets, or the path of a Unix domain socket. */
    static Address address(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0 || text.startsWith("/") || text.startsWith("@")) {
            return pipe(text);
        }
        String ip = text.substring(0, colon);
        if (ip.startsWith("[")) {
            ip = ip.substring(1, ip.length() - 1);
        }
        return socket(ip, Integer.parseInt(text.substring(colon + 1)));
    }

    private static Address socket(String ip, int port) {
        return Address.newBuilder()
                .setSocketAddress(SocketAddress.newBuilder().setAddress(ip).setPortValue(port))
                .build();
    }

    private static Address pipe(String path) {
        return Address.newBuilder().setPipe(Pipe.newBuilder().setPath(path)).build();
    }
}
