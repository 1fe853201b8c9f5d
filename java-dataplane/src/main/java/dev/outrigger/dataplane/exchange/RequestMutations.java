// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.config.ForwardingConfig;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig;
import dev.outrigger.dataplane.filter.headermutation.HeaderChanges;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.StreamInfo;
import dev.outrigger.dataplane.message.WireText;
import dev.outrigger.dataplane.route.Routes;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What the connection manager does to every request's headers before routing (1.5..1.7). */
final class RequestMutations {
    private static final long CONNECTION =
            KnownHeader.bit(KnownHeader.CONNECTION) | KnownHeader.bit(KnownHeader.UPGRADE);

    private static final long HOP_BY_HOP =
            KnownHeader.bit(KnownHeader.ENVOY_INTERNAL)
                    | KnownHeader.bit(KnownHeader.KEEP_ALIVE)
                    | KnownHeader.bit(KnownHeader.PROXY_CONNECTION)
                    | KnownHeader.bit(KnownHeader.TRANSFER_ENCODING);

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
    private static final byte[] HTTPS = Ascii.bytes("https");
    private static final byte[] FORWARDED_PORT = Ascii.bytes("x-forwarded-port");
    private static final byte[] COMMA_BLANK = {',', ' '};
    private static final byte[] TRAILERS = Ascii.bytes("trailers");

    private RequestMutations() {}

    /**
     * @return 0, or the status of a rejection
     */
    static int apply(
            RequestHead head,
            HttpConnectionManager.Settings settings,
            @Nullable Routes routes,
            FormatContext context,
            RandomGenerator random) {
        HttpConnectionManagerConfig config = settings.config;
        ForwardingConfig forwarding = config.forwarding();
        StreamInfo info = context.info();
        HeaderBlock headers = head.headers();
        for (HeaderChanges changes : settings.earlyMutations) {
            changes.apply(headers, context);
        }
        if (head.isUpgrade()) {
            headers.removeAll(HOP_BY_HOP);
        } else {
            headers.removeAll(HOP_BY_HOP | CONNECTION);
            reduceTe(headers);
        }
        checkReferer(headers);
        int trust = CallerAddress.detect(headers, config, info);
        if (trust > CallerAddress.TRUSTED) {
            return trust;
        }
        boolean edge = config.useRemoteAddress();
        boolean firstHop = edge && config.xffNumTrustedHops() == 0;
        scheme(head, forwarding, firstHop, info.connection().tls() != null);
        if (forwarding.appendXForwardedPort()) {
            forwardedPort(headers, firstHop, info.connection().localAddress().getPort());
        }
        if (isInternal(config, info, trust == CallerAddress.TRUSTED)) {
            headers.set(KnownHeader.ENVOY_INTERNAL, LocalReplies.TRUE);
            edge = false;
        } else {
            removeUntrusted(headers, routes);
        }
        if (edge) {
            headers.removeAll(EDGE_ONLY);
        }
        if (forwarding.addUserAgent()) {
            userAgent(headers, settings);
        }
        if (!settings.addsSound) {
            headers.doubt();
        }
        if (settings.via.length > 0) {
            join(headers, KnownHeader.VIA, COMMA_BLANK, settings.via);
        }
        if (edge && !info.remoteAddress().isUnresolved()) {
            headers.set(
                    KnownHeader.ENVOY_EXTERNAL_ADDRESS,
                    Ascii.bytes(ConnectionInfo.ip(info.remoteAddress())));
        }
        requestId(headers, config, edge, random);
        ForwardedCertificate.apply(headers, forwarding, info.connection().tls());
        return 0;
    }

    private static void removeUntrusted(HeaderBlock headers, @Nullable Routes routes) {
        headers.removeAll(INTERNAL_ONLY);
        if (routes != null) {
            for (byte[] name : routes.internalOnlyHeaders()) {
                headers.remove(name);
            }
        }
    }

    /** X4: in the place of the client's, if it sent one. */
    private static void forwardedPort(HeaderBlock headers, boolean firstHop, int port) {
        int entry = headers.find(FORWARDED_PORT, 0);
        if (entry < 0) {
            headers.add(FORWARDED_PORT, Ascii.bytes(Integer.toString(port)));
        } else if (firstHop) {
            headers.setValue(entry, Ascii.bytes(Integer.toString(port)));
        }
    }

    /** X2, X3. */
    private static void scheme(
            RequestHead head, ForwardingConfig forwarding, boolean firstHop, boolean secured) {
        HeaderBlock headers = head.headers();
        if (firstHop || !headers.has(KnownHeader.X_FORWARDED_PROTO)) {
            headers.set(KnownHeader.X_FORWARDED_PROTO, secured ? HTTPS : HTTP);
        }
        if (!forwarding.schemeOverwrite().isEmpty()) {
            headers.set(
                    KnownHeader.X_FORWARDED_PROTO, WireText.bytes(forwarding.schemeOverwrite()));
            head.setHttps(forwarding.schemeOverwrite().equals("https"));
        } else if (!head.hasScheme()) {
            int proto = headers.find(KnownHeader.X_FORWARDED_PROTO);
            head.setHttps(
                    headers.valueEqualsIgnoreCase(proto, HTTPS)
                            || (secured && !headers.valueEqualsIgnoreCase(proto, HTTP)));
        }
    }

    /** X8. */
    private static void userAgent(HeaderBlock headers, HttpConnectionManager.Settings settings) {
        headers.set(KnownHeader.ENVOY_DOWNSTREAM_SERVICE_CLUSTER, settings.serviceCluster);
        int agent = headers.find(KnownHeader.USER_AGENT);
        if (agent < 0 || headers.valueLength(agent) == 0) {
            headers.set(KnownHeader.USER_AGENT, settings.serviceCluster);
        }
        if (settings.serviceNode.length > 0) {
            headers.set(KnownHeader.ENVOY_DOWNSTREAM_SERVICE_NODE, settings.serviceNode);
        }
    }

    /** An address of the configured ranges, come by a way it can be trusted (I1). */
    private static boolean isInternal(
            HttpConnectionManagerConfig config, StreamInfo info, boolean trusted) {
        if (config.internalAddresses().isPresent() && info.remoteAddress().isUnresolved()) {
            return trusted && config.internalAddresses().get().unixSockets();
        }
        return trusted
                && config.internalAddresses().isPresent()
                && CallerAddress.isIn(
                        config.internalAddresses().get().ranges(),
                        info.remoteAddress().getAddress());
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

    static void join(HeaderBlock headers, int id, byte[] separator, byte[] value) {
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
