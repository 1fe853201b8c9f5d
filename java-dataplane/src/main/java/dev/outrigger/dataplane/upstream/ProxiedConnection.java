// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.ProxyTlv;
import dev.outrigger.dataplane.message.ConnectionInfo;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The client's connection that hosts are told of: a connection made for one client is not used for
 * another's requests.
 *
 * @param tlvs what its own PROXY header says besides, of what is to be passed on
 */
record ProxiedConnection(
        InetSocketAddress source, InetSocketAddress destination, List<ProxyTlv> tlvs) {
    ProxiedConnection {
        tlvs = List.copyOf(tlvs);
    }

    /** Of the connection a request came on; {@code null} for one of the proxy's own. */
    static @Nullable ProxiedConnection of(@Nullable ConnectionInfo connection) {
        return connection == null
                ? null
                : new ProxiedConnection(
                        connection.remoteAddress(),
                        connection.localAddress(),
                        connection.accepted().tlvs());
    }
}
