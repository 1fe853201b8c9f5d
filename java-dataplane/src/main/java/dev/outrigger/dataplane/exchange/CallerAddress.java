// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.config.CidrRange;
import dev.outrigger.dataplane.config.ForwardingConfig.OriginalIpDetection;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.StreamInfo;
import dev.outrigger.dataplane.message.WireText;
import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who the caller is, and what {@code x-forwarded-for} says upstream (X1): by the peer, by the
 * header, or by what {@code original_ip_detection_extensions} find.
 */
final class CallerAddress {
    /** The request goes on; nobody vouches for the address. */
    static final int UNTRUSTED = 0;

    /** The request goes on; the address may make it internal (I1). */
    static final int TRUSTED = 1;

    private static final int NOT_FOUND = -1;
    private static final byte[] COMMA = {','};

    /** What Envoy calls loopback: not the rest of 127.0.0.0/8. */
    private static final Set<InetAddress> LOOPBACK =
            Set.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1"));

    private CallerAddress() {}

    /**
     * Finds the address and tells it to the stream.
     *
     * @return {@link #UNTRUSTED}, {@link #TRUSTED}, or the status of a rejection
     */
    static int detect(HeaderBlock headers, HttpConnectionManagerConfig config, StreamInfo info) {
        if (config.useRemoteAddress()) {
            return byPeer(headers, config, info);
        }
        List<OriginalIpDetection> extensions = config.forwarding().originalIpDetection();
        if (extensions.isEmpty()) {
            return byHeader(headers, config.xffNumTrustedHops(), info);
        }
        for (OriginalIpDetection extension : extensions) {
            int outcome = ask(extension, headers, info);
            if (outcome != NOT_FOUND) {
                return outcome;
            }
        }
        return UNTRUSTED;
    }

    private static int byPeer(
            HeaderBlock headers, HttpConnectionManagerConfig config, StreamInfo info) {
        boolean alone = !headers.has(KnownHeader.X_FORWARDED_FOR);
        int hops = config.xffNumTrustedHops();
        if (hops > 0) {
            InetSocketAddress found = fromRight(headers, hops - 1);
            if (found != null) {
                info.setRemoteAddress(found);
            }
        }
        if (!config.skipXffAppend()) {
            append(headers, info.connection(), config.forwarding().ipv4AsIpv6());
        }
        return alone ? TRUSTED : UNTRUSTED;
    }

    private static int byHeader(HeaderBlock headers, int hops, StreamInfo info) {
        if (!headers.has(KnownHeader.X_FORWARDED_FOR)) {
            return UNTRUSTED;
        }
        InetSocketAddress found = fromRight(headers, hops);
        if (found == null) {
            return UNTRUSTED;
        }
        info.setRemoteAddress(found);
        return isSingle(headers) ? TRUSTED : UNTRUSTED;
    }

    private static boolean isSingle(HeaderBlock headers) {
        String value = headers.text(KnownHeader.X_FORWARDED_FOR);
        return value != null && value.indexOf(',') < 0;
    }

    private static int ask(OriginalIpDetection extension, HeaderBlock headers, StreamInfo info) {
        return switch (extension) {
            case OriginalIpDetection.Xff(int hops, var trusted, boolean skipAppend) -> {
                boolean single = isSingle(headers);
                InetSocketAddress found =
                        trusted.isEmpty()
                                ? fromRight(headers, hops)
                                : behindTrusted(headers, trusted, info.connection());
                if (!skipAppend) {
                    append(headers, info.connection(), false);
                }
                if (found == null) {
                    yield NOT_FOUND;
                }
                info.setRemoteAddress(found);
                yield single ? TRUSTED : UNTRUSTED;
            }
            case OriginalIpDetection.CustomHeader(String name, boolean trusted, var reject) -> {
                int entry = headers.find(WireText.bytes(name), 0);
                InetSocketAddress found = entry < 0 ? null : parse(headers.value(entry));
                if (found == null) {
                    yield reject.orElse(NOT_FOUND);
                }
                info.setRemoteAddress(found);
                yield trusted ? TRUSTED : UNTRUSTED;
            }
        };
    }

    /** The first address from the right that is no trusted proxy; only a trusted peer is asked. */
    private static @Nullable InetSocketAddress behindTrusted(
            HeaderBlock headers, List<CidrRange> trusted, ConnectionInfo connection) {
        String value = headers.text(KnownHeader.X_FORWARDED_FOR);
        if (value == null || !isIn(trusted, connection.remoteAddress().getAddress())) {
            return null;
        }
        String[] entries = value.split(",", -1);
        for (int i = entries.length - 1; i >= 0; i--) {
            InetSocketAddress address = parse(entries[i].strip());
            if (address == null) {
                return null;
            }
            if (i == 0 || !isIn(trusted, address.getAddress())) {
                return address;
            }
        }
        return null;
    }

    static boolean isIn(List<CidrRange> ranges, @Nullable InetAddress address) {
        if (address == null) {
            return false;
        }
        for (CidrRange range : ranges) {
            if (contains(range, address)) {
                return true;
            }
        }
        return false;
    }

    private static boolean contains(CidrRange range, InetAddress address) {
        byte[] prefix = range.prefix().getAddress();
        byte[] bytes = address.getAddress();
        if (prefix.length != bytes.length) {
            return false;
        }
        for (int bit = 0; bit < range.length(); bit++) {
            int mask = 0x80 >> (bit & 7);
            if (((prefix[bit >> 3] ^ bytes[bit >> 3]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Adds the peer; this machine's own address stands for a peer on loopback.
     *
     * @param mapped whether an IPv4 peer is written as an IPv6-mapped address
     */
    private static void append(HeaderBlock headers, ConnectionInfo connection, boolean mapped) {
        InetAddress peer = connection.remoteAddress().getAddress();
        if (peer == null) {
            // Whoever comes over a Unix domain socket has no address.
            return;
        }
        String text = connection.remoteIp();
        if (LOOPBACK.contains(peer)) {
            text = LocalAddress.ip();
        } else if (mapped && !(peer instanceof Inet6Address)) {
            text = "::ffff:" + text;
        }
        byte[] ip = Ascii.bytes(text);
        int entry = headers.find(KnownHeader.X_FORWARDED_FOR);
        if (entry < 0) {
            headers.add(KnownHeader.X_FORWARDED_FOR, ip);
        } else {
            headers.join(entry, COMMA, ip);
        }
    }

    private static @Nullable InetSocketAddress fromRight(HeaderBlock headers, int skip) {
        String value = headers.text(KnownHeader.X_FORWARDED_FOR);
        if (value == null) {
            return null;
        }
        String[] entries = value.split(",", -1);
        return entries.length <= skip ? null : parse(entries[entries.length - 1 - skip].strip());
    }

    private static @Nullable InetSocketAddress parse(String text) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
        if (bytes == null) {
            return null;
        }
        try {
            return new InetSocketAddress(InetAddress.getByAddress(bytes), 0);
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
