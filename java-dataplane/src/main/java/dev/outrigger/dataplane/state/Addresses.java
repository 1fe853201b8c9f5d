// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.config.PipeAddress;
import java.net.Inet6Address;
import java.net.InetSocketAddress;

/** Socket addresses as Envoy writes them: {@code 1.2.3.4:80}, {@code [::1]:80}. */
public final class Addresses {
    private Addresses() {}

    public static String format(InetSocketAddress address) {
        if (PipeAddress.isPipe(address)) {
            return PipeAddress.path(address);
        }
        String ip = ip(address);
        return address.getAddress() instanceof Inet6Address
                ? "[" + ip + "]:" + address.getPort()
                : ip + ":" + address.getPort();
    }

    /** The address alone, IPv6 in its shortest form, or the name when it is not resolved. */
    public static String ip(InetSocketAddress address) {
        if (PipeAddress.isPipe(address)) {
            return PipeAddress.path(address);
        }
        if (address.getAddress() == null) {
            return address.getHostString();
        }
        return io.netty.util.NetUtil.toAddressString(address.getAddress());
    }
}
