// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import dev.outrigger.dataplane.config.PipeAddress;
import dev.outrigger.dataplane.config.ProxyTlv;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A downstream connection as headers and logs speak of it.
 *
 * @param remoteText {@code ip:port} of the peer
 * @param remoteIp {@code ip} of the peer
 * @param tls {@code null} for cleartext
 * @param accepted how it was before a PROXY header or a packet filter was listened to
 */
public record ConnectionInfo(
        long id,
        InetSocketAddress remoteAddress,
        InetSocketAddress localAddress,
        String remoteText,
        String remoteIp,
        String localText,
        String localIp,
        @Nullable TlsInfo tls,
        Accepted accepted) {
    /**
     * What is known of a connection besides its ends.
     *
     * @param directRemoteAddress the peer, whatever a PROXY header says
     * @param directLocalAddress where it was accepted, wherever it was meant to go
     * @param localAddressRestored whether it was meant to go elsewhere
     * @param requestedServerName SNI; empty where nobody looked or there was none
     * @param ja3 of the ClientHello; empty where nobody asked
     * @param filterChainName empty where the chain has none
     * @param listenerName empty where the listener has none
     * @param tlvs what a PROXY header says besides, for hosts to hear
     * @param roundTripMillis to the peer and back, as last measured by the system; negative where
     *     nobody measures it
     */
    public record Accepted(
            InetSocketAddress directRemoteAddress,
            InetSocketAddress directLocalAddress,
            boolean localAddressRestored,
            String requestedServerName,
            String ja3,
            String filterChainName,
            String listenerName,
            List<ProxyTlv> tlvs,
            LongSupplier roundTripMillis) {
        public Accepted {
            tlvs = List.copyOf(tlvs);
        }
    }

    public static ConnectionInfo of(
            long id, InetSocketAddress remoteAddress, InetSocketAddress localAddress) {
        return of(
                id,
                remoteAddress,
                localAddress,
                new Accepted(
                        remoteAddress, localAddress, false, "", "", "", "", List.of(), () -> -1));
    }

    public static ConnectionInfo of(
            long id,
            InetSocketAddress remoteAddress,
            InetSocketAddress localAddress,
            Accepted accepted) {
        return new ConnectionInfo(
                id,
                remoteAddress,
                localAddress,
                text(remoteAddress),
                ip(remoteAddress),
                text(localAddress),
                ip(localAddress),
                null,
                accepted);
    }

    /** The same, secured. */
    public ConnectionInfo withTls(@Nullable TlsInfo secured) {
        return new ConnectionInfo(
                id,
                remoteAddress,
                localAddress,
                remoteText,
                remoteIp,
                localText,
                localIp,
                secured,
                accepted);
    }

    /** Where it was meant to go, if that is not where it was accepted (CL6). */
    public @Nullable InetSocketAddress originalDestination() {
        return accepted.localAddressRestored() ? localAddress : null;
    }

    /** {@code 127.0.0.1:80} or {@code [::1]:80}. */
    public static String text(InetSocketAddress address) {
        if (PipeAddress.isPipe(address)) {
            return PipeAddress.path(address);
        }
        String ip = ip(address);
        return ip.indexOf(':') >= 0
                ? "[" + ip + "]:" + address.getPort()
                : ip + ":" + address.getPort();
    }

    /** The address without the port. */
    public static String ip(InetSocketAddress address) {
        if (address.isUnresolved()) {
            if (PipeAddress.isPipe(address)) {
                return PipeAddress.path(address);
            }
            return address.getHostString();
        }
        String text = address.getAddress().getHostAddress();
        int scope = text.indexOf('%');
        String ip = scope < 0 ? text : text.substring(0, scope);
        return ip.indexOf(':') < 0 ? ip : compress(ip);
    }

    /** The shortest form of an IPv6 address (RFC 5952), as Envoy prints it. */
    private static String compress(String full) {
        String[] groups = full.split(":", -1);
        int bestStart = -1;
        int bestLength = 1;
        for (int i = 0; i < groups.length; i++) {
            int length = 0;
            while (i + length < groups.length && "0".equals(groups[i + length])) {
                length++;
            }
            if (length > bestLength) {
                bestStart = i;
                bestLength = length;
            }
        }
        if (bestStart < 0) {
            return full;
        }
        String head = String.join(":", java.util.Arrays.copyOfRange(groups, 0, bestStart));
        String tail =
                String.join(
                        ":",
                        java.util.Arrays.copyOfRange(
                                groups, bestStart + bestLength, groups.length));
        return head + "::" + tail;
    }
}
