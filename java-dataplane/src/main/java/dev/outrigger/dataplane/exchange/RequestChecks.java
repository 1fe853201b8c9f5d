// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.config.HttpConnectionManagerConfig;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.DownstreamStream;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.Method;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.route.Routes;
import dev.outrigger.dataplane.telemetry.StatsShard;
import org.jspecify.annotations.Nullable;

/** What every request must pass before it is routed, in Envoy's order (1.2..1.4). */
final class RequestChecks {
    private static final byte[] CONTINUE = Ascii.bytes("100-continue");

    /** A refusal: a reply without a body. */
    record Refusal(int status, String details) {
        /** Such a refusal knows the virtual host (observed). */
        boolean isAboutPath() {
            return details.equals(PATH_DETAILS);
        }
    }

    private static final String PATH_DETAILS = "path_normalization_failed";

    private static final Refusal MISSING_HOST = new Refusal(400, "missing_host_header");
    private static final Refusal MISSING_PATH = new Refusal(404, "missing_path_rejected");
    private static final Refusal ABSOLUTE_PATH = new Refusal(404, "absolute_path_rejected");
    private static final Refusal NORMALIZATION = new Refusal(400, PATH_DETAILS);
    private static final Refusal REDIRECT = new Refusal(307, PATH_DETAILS);
    private static final Refusal QUERY_CONTENT_TYPE =
            new Refusal(400, "query_missing_content_type");

    private RequestChecks() {}

    static @Nullable Refusal check(
            RequestHead head,
            HttpConnectionManager.Settings settings,
            DownstreamStream downstream,
            HcmStats stats,
            StatsShard shard) {
        HttpConnectionManagerConfig config = settings.config;
        HeaderBlock headers = head.headers();
        int expect = headers.find(KnownHeader.EXPECT);
        if (expect >= 0
                && !config.proxy100Continue()
                && headers.valueEqualsIgnoreCase(expect, CONTINUE)) {
            headers.remove(KnownHeader.EXPECT);
            stats.chargeInterim(shard);
            downstream.sendContinue();
        }
        int host = headers.find(KnownHeader.HOST);
        if (host < 0) {
            return MISSING_HOST;
        }
        if (head.method() == Method.CONNECT) {
            normalizeHost(headers, host, config, downstream);
            return null;
        }
        if (head.pathLength() == 0) {
            return MISSING_PATH;
        }
        if (headers.data()[head.pathOffset()] != '/') {
            shard.inc(stats.rqNonRelativePath);
            return ABSOLUTE_PATH;
        }
        if (head.method() == Method.QUERY && !headers.has(KnownHeader.CONTENT_TYPE)) {
            return QUERY_CONTENT_TYPE;
        }
        PathNormalizer.Outcome outcome = settings.paths.normalize(head);
        switch (outcome) {
            case REFUSED -> {
                shard.inc(stats.rqFailedPathNormalization);
                return NORMALIZATION;
            }
            case REDIRECT -> {
                shard.inc(stats.rqRedirectedWithNormalizedPath);
                return REDIRECT;
            }
            case ACCEPTED -> normalizeHost(headers, host, config, downstream);
        }
        return null;
    }

    /** Trailing dot first, then the port (N1). */
    private static void normalizeHost(
            HeaderBlock headers,
            int entry,
            HttpConnectionManagerConfig config,
            DownstreamStream downstream) {
        if (config.stripTrailingHostDot()) {
            stripDot(headers, entry);
        }
        if (!config.stripAnyHostPort() && !config.stripMatchingHostPort()) {
            return;
        }
        byte[] value = Ascii.bytes(headers.value(entry));
        int length = Routes.withoutPort(value, 0, value.length);
        if (length + 1 >= value.length) {
            return;
        }
        // What is no number is no port here, though it is one where hosts are matched.
        long port = Ascii.decimal(value, length + 1, value.length - length - 1);
        if (port >= 0
                && (config.stripAnyHostPort()
                        || port == downstream.connection().localAddress().getPort())) {
            headers.setValue(entry, java.util.Arrays.copyOf(value, length));
        }
    }

    private static void stripDot(HeaderBlock headers, int entry) {
        String host = headers.value(entry);
        byte[] bytes = Ascii.bytes(host);
        int length = Routes.withoutPort(bytes, 0, bytes.length);
        if (length > 0 && bytes[length - 1] == '.') {
            headers.setValue(
                    entry, Ascii.bytes(host.substring(0, length - 1) + host.substring(length)));
        }
    }
}
