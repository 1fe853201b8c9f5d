// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.outrigger.dataplane.config.ProxyProtocolConfig;
import dev.outrigger.dataplane.config.ProxyTlv;
import dev.outrigger.dataplane.message.ConnectionInfo;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Headers of the PROXY protocol as Envoy writes them.
 *
 * @see <a href="https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt">The PROXY protocol</a>
 */
final class ProxyHeaders {
    private static final byte[] V2_SIGNATURE = "\r\n\r\n\0\r\nQUIT\n".getBytes(ISO_8859_1);
    private static final int V2_LOCAL = 0x20;
    private static final int V2_PROXY = 0x21;
    private static final int V2_TCP4 = 0x11;
    private static final int V2_TCP6 = 0x21;
    private static final int V2_MAX_LENGTH = 0xffff;
    private static final int TLV_HEADER = 3;

    private ProxyHeaders() {}

    /**
     * @param proxied {@code null} for a connection of the proxy's own, of which version 1 tells its
     *     own ends, and version 2 that it speaks for nobody else
     * @param connection open
     */
    static ByteBuf of(
            ProxyProtocolConfig config, @Nullable ProxiedConnection proxied, Channel connection) {
        ByteBuf out = connection.alloc().buffer();
        if (config.version() == 1) {
            version1(
                    proxied == null ? connection.localAddress() : proxied.source(),
                    proxied == null ? connection.remoteAddress() : proxied.destination(),
                    out);
        } else if (proxied == null || !isIp(proxied.source()) || !isIp(proxied.destination())) {
            out.writeBytes(V2_SIGNATURE).writeByte(V2_LOCAL).writeByte(0).writeShort(0);
        } else {
            version2(config, proxied, out);
        }
        return out;
    }

    private static void version1(SocketAddress source, SocketAddress destination, ByteBuf out) {
        if (!(source instanceof InetSocketAddress from && isIp(from))
                || !(destination instanceof InetSocketAddress to && isIp(to))) {
            out.writeBytes("PROXY UNKNOWN\r\n".getBytes(ISO_8859_1));
            return;
        }
        String line =
                "PROXY "
                        + (from.getAddress() instanceof Inet4Address ? "TCP4 " : "TCP6 ")
                        + ConnectionInfo.ip(from)
                        + ' '
                        + ConnectionInfo.ip(to)
                        + ' '
                        + from.getPort()
                        + ' '
                        + to.getPort()
                        + "\r\n";
        out.writeBytes(line.getBytes(ISO_8859_1));
    }

    private static void version2(
            ProxyProtocolConfig config, ProxiedConnection proxied, ByteBuf out) {
        byte[] from = proxied.source().getAddress().getAddress();
        byte[] to = proxied.destination().getAddress().getAddress();
        List<ProxyTlv> tlvs = tlvs(config, proxied);
        int addresses = from.length + to.length + 2 * Short.BYTES;
        int length = addresses;
        for (ProxyTlv each : tlvs) {
            length += TLV_HEADER + each.value().length();
        }
        boolean fits = length <= V2_MAX_LENGTH;
        out.writeBytes(V2_SIGNATURE)
                .writeByte(V2_PROXY)
                .writeByte(from.length == Integer.BYTES ? V2_TCP4 : V2_TCP6)
                .writeShort(fits ? length : addresses)
                .writeBytes(from)
                .writeBytes(to)
                .writeShort(proxied.source().getPort())
                .writeShort(proxied.destination().getPort());
        for (ProxyTlv each : fits ? tlvs : List.<ProxyTlv>of()) {
            out.writeByte(each.type())
                    .writeShort(each.value().length())
                    .writeBytes(each.value().getBytes(ISO_8859_1));
        }
    }

    /** Those of the configuration, then the client's of other types. */
    private static List<ProxyTlv> tlvs(ProxyProtocolConfig config, ProxiedConnection proxied) {
        var all = new ArrayList<>(config.added());
        for (ProxyTlv each : proxied.tlvs()) {
            boolean replaced =
                    config.added().stream().anyMatch(added -> added.type() == each.type());
            if (config.passThrough().includes(each.type()) && !replaced) {
                all.add(each);
            }
        }
        return all;
    }

    private static boolean isIp(InetSocketAddress address) {
        return !address.isUnresolved();
    }
}
