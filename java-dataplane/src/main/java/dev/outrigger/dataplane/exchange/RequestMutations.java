// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.config.CidrRange;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.StreamInfo;
import dev.outrigger.dataplane.route.Routes;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What the connection manager does to every request's headers before routing (1.5..1.7). */
final class RequestMutations {
    private static final long HOP_BY_HOP =
            KnownHeader.bit(KnownHeader.CONNECTION)
                    | KnownHeader.bit(KnownHeader.UPGRADE)
                    | KnownHeader.bit(KnownHeader.ENVOY_INTERNAL)
                    | KnownHeader.bit(KnownHeader.KEEP_ALIVE)
                    | KnownHeader.bit(KnownHeader.PROXY_CONNECTION)
                    | KnownHeader.bit(KnownHeader.TRANSFER_ENCODING)
                    | KnownHeader.bit(KnownHeader.X_FORWARDED_CLIENT_CERT);

    /** Not trusted from anyone who is not internal (I2, I4). */
    private static final long INTERNAL_ONLY =
            KnownHeader.bit(KnownHeader.ENVOY_RETRIABLE_STATUS_CODES)
                    | KnownHeader.bit(KnownHeader.ENVOY_RETRIABLE_HEADER_NAMES)
                    | KnownHeader.bit(KnownHeader.ENVOY_RETRY_ON)
                    | KnownHeader.bit(KnownHeader.ENVOY_RETRY_GRPC_ON)
                    | KnownHeader.bit(KnownHeader.ENVOY_MAX_RETRIES)
                    | KnownHeader.bit(KnownHeader.ENVOY_UPSTREAM_ALT_STAT_NAME)
                    | KnownHeader.bit(KnownHeader.ENVOY_UPSTREAM_RQ_TIMEOUT_MS)
                    | KnownHeader.bit(KnownHeader.ENVOY_UPSTREAM_RQ_PER_TRY_TIMEOUT_MS)
                    | KnownHeader.bit(KnownHeader.ENVOY_UPSTREAM_RQ_TIMEOUT_ALT_RESPONSE)
                    | KnownHeader.bit(KnownHeader.ENVOY_EXPECTED_RQ_TIMEOUT_MS)
                    | KnownHeader.bit(KnownHeader.ENVOY_FORCE_TRACE)
                    | KnownHeader.bit(KnownHeader.ENVOY_IP_TAGS)
                    | KnownHeader.bit(KnownHeader.ENVOY_ORIGINAL_URL)
                    | KnownHeader.bit(KnownHeader.ENVOY_HEDGE_ON_PER_TRY_TIMEOUT);

    /** Not trusted at the edge either (I5). */
    private static final long EDGE_ONLY =
            KnownHeader.bit(KnownHeader.ENVOY_DECORATOR_OPERATION)
                    | KnownHeader.bit(KnownHeader.ENVOY_DOWNSTREAM_SERVICE_CLUSTER)
                    | KnownHeader.bit(KnownHeader.ENVOY_DOWNSTREAM_SERVICE_NODE)
                    | KnownHeader.bit(KnownHeader.ENVOY_ORIGINAL_PATH)
                    | KnownHeader.bit(KnownHeader.ENVOY_ORIGINAL_HOST);

    private static final byte[] HTTP = Ascii.bytes("http");
    private static final byte[] COMMA = {','};
    private static final byte[] COMMA_BLANK = {',', ' '};
    private static final byte[] TRAILERS = Ascii.bytes("trailers");

    private RequestMutations() {}

    static void apply(
            RequestHead head,
            HttpConnectionManager.Settings settings,
            @Nullable Routes routes,
            StreamInfo info,
            RandomGenerator random) {
        HttpConnectionManagerConfig config = settings.config;
        HeaderBlock headers = head.headers();
        headers.removeAll(HOP_BY_HOP);
        reduceTe(headers);
        checkReferer(headers);
        boolean edge = config.useRemoteAddress();
        boolean hadForwardedFor = headers.has(KnownHeader.X_FORWARDED_FOR);
        address(headers, config, info);
        if (!headers.has(KnownHeader.X_FORWARDED_PROTO)
                || (edge && config.xffNumTrustedHops() == 0)) {
            headers.set(KnownHeader.X_FORWARDED_PROTO, HTTP);
        }
        if (isInternal(headers, config, info, hadForwardedFor)) {
            headers.set(KnownHeader.ENVOY_INTERNAL, LocalReplies.TRUE);
            edge = false;
        } else {
            headers.removeAll(INTERNAL_ONLY);
        }
        if (routes != null && !headers.has(KnownHeader.ENVOY_INTERNAL)) {
            for (byte[] name : routes.internalOnlyHeaders()) {
                headers.remove(name);
            }
        }
        if (edge) {
            headers.removeAll(EDGE_ONLY);
            headers.set(
                    KnownHeader.ENVOY_EXTERNAL_ADDRESS,
                    Ascii.bytes(ConnectionInfo.ip(info.remoteAddress())));
        }
        if (settings.via.length > 0) {
            join(headers, KnownHeader.VIA, COMMA_BLANK, settings.via);
        }
        requestId(headers, config, edge, random);
    }

    /** An address of the configured ranges, come by a way it can be trusted (I1). */
    private static boolean isInternal(
            HeaderBlock headers,
            HttpConnectionManagerConfig config,
            StreamInfo info,
            boolean hadForwardedFor) {
        if (config.internalAddresses().isEmpty()) {
            return false;
        }
        boolean trusted;
        if (config.useRemoteAddress()) {
            trusted = !hadForwardedFor;
        } else {
            String value = headers.text(KnownHeader.X_FORWARDED_FOR);
            trusted =
                    value != null
                            && value.indexOf(',') < 0
                            && config.xffNumTrustedHops() == 0
                            && fromRight(headers, 0) != null;
        }
        return trusted
                && config.internalAddresses().get().ranges().stream()
                        .anyMatch(range -> contains(range, info.remoteAddress().getAddress()));
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

    private static void reduceTe(HeaderBlock headers) {
        int te = headers.find(KnownHeader.TE);
        if (te < 0) {
            return;
        }
        if (Ascii.listContains(
                headers.data(), headers.valueOffset(te), headers.valueLength(te), TRAILERS)) {
            headers.setValue(te, TRAILERS);
        } else {
            headers.remove(KnownHeader.TE);
        }
    }

    private static void checkReferer(HeaderBlock headers) {
        int referer = headers.find(KnownHeader.REFERER);
        if (referer >= 0 && !isReferer(headers.value(referer))) {
            headers.remove(KnownHeader.REFERER);
        }
    }

    private static boolean isReferer(String value) {
        if (value.startsWith("http://") || value.startsWith("https://")) {
            return value.length() > value.indexOf("//") + 2
                    && value.chars().allMatch(c -> c > ' ' && c <= '~');
        }
        boolean slash = false;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            slash |= c == '/';
            if ((c == ':' && !slash) || c <= ' ' || c > '~' || "\"<>\\^`{|}".indexOf(c) >= 0) {
                return false;
            }
        }
        return true;
    }

    /** Who the caller is, and what {@code x-forwarded-for} says upstream (X1). */
    private static void address(
            HeaderBlock headers, HttpConnectionManagerConfig config, StreamInfo info) {
        int hops = config.xffNumTrustedHops();
        if (config.useRemoteAddress()) {
            if (hops > 0) {
                InetSocketAddress found = fromRight(headers, hops - 1);
                if (found != null) {
                    info.setRemoteAddress(found);
                }
            }
            if (!config.skipXffAppend()) {
                ConnectionInfo connection = info.connection();
                boolean loopback = connection.remoteAddress().getAddress().isLoopbackAddress();
                String ip = loopback ? LocalAddress.ip() : connection.remoteIp();
                join(headers, KnownHeader.X_FORWARDED_FOR, COMMA, Ascii.bytes(ip));
            }
            return;
        }
        if (headers.has(KnownHeader.X_FORWARDED_FOR)) {
            InetSocketAddress found = fromRight(headers, hops);
            if (found != null) {
                info.setRemoteAddress(found);
            }
        }
    }

    private static @Nullable InetSocketAddress fromRight(HeaderBlock headers, int skip) {
        String value = headers.text(KnownHeader.X_FORWARDED_FOR);
        if (value == null) {
            return null;
        }
        String[] entries = value.split(",", -1);
        if (entries.length <= skip) {
            return null;
        }
        String entry = entries[entries.length - 1 - skip].strip();
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(entry);
        if (bytes == null) {
            return null;
        }
        try {
            return new InetSocketAddress(InetAddress.getByAddress(bytes), 0);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    private static void join(HeaderBlock headers, int id, byte[] separator, byte[] value) {
        int entry = headers.find(id);
        if (entry < 0) {
            headers.add(id, value);
        } else {
            headers.join(entry, separator, value);
        }
    }

    private static void requestId(
            HeaderBlock headers,
            HttpConnectionManagerConfig config,
            boolean edge,
            RandomGenerator random) {
        if (!config.generateRequestId()) {
            return;
        }
        int entry = headers.find(KnownHeader.X_REQUEST_ID);
        boolean replace =
                entry < 0
                        || headers.valueLength(entry) == 0
                        || (edge && !config.preserveExternalRequestId());
        if (replace) {
            headers.set(KnownHeader.X_REQUEST_ID, RequestIds.next(random));
        }
    }
}
