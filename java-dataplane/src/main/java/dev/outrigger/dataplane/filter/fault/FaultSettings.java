// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.fault;

import dev.outrigger.dataplane.config.FractionalPercent;
import dev.outrigger.dataplane.filter.FilterCallbacks;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.route.HeaderMatcher;
import java.util.Set;

/** A fault's configuration compiled: whom it concerns, and what the request's headers say. */
final class FaultSettings {
    private static final byte[] DELAY = Ascii.bytes("x-envoy-fault-delay-request");
    private static final byte[] DELAY_PERCENTAGE =
            Ascii.bytes("x-envoy-fault-delay-request-percentage");
    private static final byte[] ABORT = Ascii.bytes("x-envoy-fault-abort-request");
    private static final byte[] ABORT_GRPC = Ascii.bytes("x-envoy-fault-abort-grpc-request");
    private static final byte[] ABORT_PERCENTAGE =
            Ascii.bytes("x-envoy-fault-abort-request-percentage");
    private static final byte[] THROUGHPUT = Ascii.bytes("x-envoy-fault-throughput-response");
    private static final byte[] THROUGHPUT_PERCENTAGE =
            Ascii.bytes("x-envoy-fault-throughput-response-percentage");
    private static final long MAX_MILLIS = Long.MAX_VALUE / 1_000_000;
    private static final long MAX_NUMERATOR = 0xFFFF_FFFFL;

    private final FaultConfig config;
    private final HeaderMatcher[] matchers;
    private final Set<String> nodes;

    FaultSettings(FaultConfig config) {
        this.config = config;
        this.matchers = HeaderMatcher.all(config.headers());
        this.nodes = Set.copyOf(config.downstreamNodes());
    }

    FaultConfig config() {
        return config;
    }

    /** Whether the request may get a fault at all. */
    boolean concerns(RequestHead head, FilterCallbacks callbacks) {
        if (!config.upstreamCluster().isEmpty()
                && !config.upstreamCluster().equals(callbacks.routeCluster())) {
            return false;
        }
        if (!nodes.isEmpty()) {
            String node = head.headers().text(KnownHeader.ENVOY_DOWNSTREAM_SERVICE_NODE);
            if (node == null || !nodes.contains(node)) {
                return false;
            }
        }
        return HeaderMatcher.allMatch(matchers, head);
    }

    FractionalPercent delayPercentage(FaultConfig.Delay delay, HeaderBlock headers) {
        return delay.millis() >= 0
                ? delay.percentage()
                : percentage(delay.percentage(), headers, DELAY_PERCENTAGE);
    }

    /** Milliseconds, or -1 for no delay. */
    static long delayMillis(FaultConfig.Delay delay, HeaderBlock headers) {
        if (delay.millis() >= 0) {
            return delay.millis();
        }
        return Math.min(number(headers, DELAY), MAX_MILLIS);
    }

    FractionalPercent abortPercentage(FaultConfig.Abort abort, HeaderBlock headers) {
        return abort.isFromHeaders()
                ? percentage(abort.percentage(), headers, ABORT_PERCENTAGE)
                : abort.percentage();
    }

    /** The HTTP status to abort with, or -1. */
    static long abortHttpStatus(FaultConfig.Abort abort, HeaderBlock headers) {
        if (!abort.isFromHeaders()) {
            return abort.httpStatus();
        }
        long status = number(headers, ABORT);
        return status >= 200 && status < 600 ? status : -1;
    }

    /** The gRPC status to abort with, or -1. */
    static long abortGrpcStatus(FaultConfig.Abort abort, HeaderBlock headers) {
        return abort.isFromHeaders() ? number(headers, ABORT_GRPC) : abort.grpcStatus();
    }

    FractionalPercent rateLimitPercentage(FaultConfig.RateLimit limit, HeaderBlock headers) {
        return limit.kbps() >= 0
                ? limit.percentage()
                : percentage(limit.percentage(), headers, THROUGHPUT_PERCENTAGE);
    }

    /** KiB each second, or -1 for no limit. */
    static long rateLimitKbps(FaultConfig.RateLimit limit, HeaderBlock headers) {
        if (limit.kbps() >= 0) {
            return limit.kbps();
        }
        long kbps = number(headers, THROUGHPUT);
        return kbps == 0 ? -1 : kbps;
    }

    /** A header may lower a percentage, never raise it; anybody can send it. */
    private static FractionalPercent percentage(
            FractionalPercent configured, HeaderBlock headers, byte[] name) {
        long numerator = number(headers, name);
        return numerator < 0 || numerator > MAX_NUMERATOR
                ? configured
                : new FractionalPercent(
                        Math.min(numerator, configured.numerator()), configured.denominator());
    }

    /** The first line's number, or -1. */
    private static long number(HeaderBlock headers, byte[] name) {
        int entry = headers.find(name, 0);
        return entry < 0 ? -1 : headers.decimal(entry);
    }
}
