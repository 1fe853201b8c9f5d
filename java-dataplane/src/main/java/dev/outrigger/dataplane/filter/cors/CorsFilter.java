// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.cors;

import dev.outrigger.dataplane.filter.FilterCallbacks;
import dev.outrigger.dataplane.filter.HttpFilter;
import dev.outrigger.dataplane.filter.LocalReply;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.Method;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.route.CorsPolicy;
import dev.outrigger.dataplane.route.Route;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Answers preflights and tells browsers which origins may read a response (3.9). What a level does
 * not say, the level above says; the switches are the most specific level's alone.
 */
final class CorsFilter implements HttpFilter {
    private static final byte[] REQUEST_METHOD = Ascii.bytes("access-control-request-method");
    private static final byte[] REQUEST_HEADERS = Ascii.bytes("access-control-request-headers");
    private static final byte[] REQUEST_PRIVATE_NETWORK =
            Ascii.bytes("access-control-request-private-network");
    private static final byte[] ALLOW_ORIGIN = Ascii.bytes("access-control-allow-origin");
    private static final byte[] ALLOW_CREDENTIALS = Ascii.bytes("access-control-allow-credentials");
    private static final byte[] ALLOW_METHODS = Ascii.bytes("access-control-allow-methods");
    private static final byte[] ALLOW_HEADERS = Ascii.bytes("access-control-allow-headers");
    private static final byte[] EXPOSE_HEADERS = Ascii.bytes("access-control-expose-headers");
    private static final byte[] MAX_AGE = Ascii.bytes("access-control-max-age");
    private static final byte[] ALLOW_PRIVATE_NETWORK =
            Ascii.bytes("access-control-allow-private-network");
    private static final byte[] TRUE = Ascii.bytes("true");
    private static final byte[] ANY = {'*'};
    private static final byte[] NOTHING = {};

    private final FilterCallbacks callbacks;
    private final Stats stats;
    private final List<CorsPolicy> policies = new ArrayList<>(3);
    private byte @Nullable [] allowedOrigin;

    /** {@code http.<p>.cors.*}. */
    record Stats(Counter originValid, Counter originInvalid) {}

    CorsFilter(FilterCallbacks callbacks, Stats stats) {
        this.callbacks = callbacks;
        this.stats = stats;
    }

    @Override
    public void onDestroy() {
        policies.clear();
        allowedOrigin = null;
    }

    private void findPolicies(Route route) {
        callbacks.forEachRouteConfig(config -> policies.addFirst((CorsPolicy) config));
        if (policies.isEmpty()) {
            // The fields of the route and its virtual host count only where nothing else does.
            CorsPolicy own = route.corsPolicy();
            if (own != null) {
                policies.add(own);
            }
            CorsPolicy host = route.virtualHost().corsPolicy();
            if (host != null) {
                policies.add(host);
            }
        }
    }

    @Override
    public HeadersStatus decodeHeaders(RequestHead head, boolean endStream) {
        Route route = callbacks.route();
        if (route == null || !route.isForwarding()) {
            return HeadersStatus.CONTINUE;
        }
        findPolicies(route);
        if (policies.isEmpty()) {
            return HeadersStatus.CONTINUE;
        }
        var runtime = callbacks.worker().runtime();
        var random = callbacks.worker().random();
        boolean enabled = runtime.featureEnabled(policies.getFirst().enabled(), random.nextLong());
        if (!enabled
                && !runtime.featureEnabled(
                        policies.getFirst().shadowEnabled(), random.nextLong())) {
            return HeadersStatus.CONTINUE;
        }
        HeaderBlock headers = head.headers();
        int origin = headers.find(KnownHeader.ORIGIN);
        if (origin < 0 || headers.valueLength(origin) == 0) {
            return HeadersStatus.CONTINUE;
        }
        boolean allowed = isAllowed(headers, origin);
        callbacks.worker().stats().inc(allowed ? stats.originValid() : stats.originInvalid());
        if (!enabled) {
            return HeadersStatus.CONTINUE;
        }
        if (allowed) {
            allowedOrigin = Ascii.bytes(headers.value(origin));
        }
        boolean preflight = head.method() == Method.OPTIONS && hasValue(headers, REQUEST_METHOD);
        if (!preflight || (!allowed && forwardsOthers())) {
            return HeadersStatus.CONTINUE;
        }
        callbacks.sendLocalReply(
                LocalReply.head(200, "cors_response", reply -> preflight(headers, reply)));
        return HeadersStatus.STOP_ITERATION;
    }

    private static boolean hasValue(HeaderBlock headers, byte[] name) {
        int entry = headers.find(name, 0);
        return entry >= 0 && headers.valueLength(entry) > 0;
    }

    private boolean isAllowed(HeaderBlock headers, int origin) {
        for (CorsPolicy policy : policies) {
            if (policy.allowOrigins().length > 0) {
                return policy.allows(headers, origin);
            }
        }
        return false;
    }

    private boolean forwardsOthers() {
        return first(CorsPolicy::forwardNotMatchingPreflights, true);
    }

    private void preflight(HeaderBlock request, HeaderBlock reply) {
        byte[] origin = allowedOrigin;
        if (origin != null) {
            reply.add(ALLOW_ORIGIN, origin);
        }
        if (first(CorsPolicy::allowCredentials, false)) {
            reply.add(ALLOW_CREDENTIALS, TRUE);
        }
        list(request, REQUEST_METHOD, text(CorsPolicy::allowMethods), reply, ALLOW_METHODS);
        list(request, REQUEST_HEADERS, text(CorsPolicy::allowHeaders), reply, ALLOW_HEADERS);
        byte[] maxAge = text(CorsPolicy::maxAge);
        if (maxAge.length > 0) {
            reply.add(MAX_AGE, maxAge);
        }
        int network = request.find(REQUEST_PRIVATE_NETWORK, 0);
        if (first(CorsPolicy::allowPrivateNetworkAccess, false)
                && network >= 0
                && request.valueEquals(network, TRUE)) {
            reply.add(ALLOW_PRIVATE_NETWORK, TRUE);
        }
    }

    /** {@code *} allows what was asked for, by name. */
    private static void list(
            HeaderBlock request, byte[] asked, byte[] allowed, HeaderBlock reply, byte[] name) {
        if (allowed.length == 0) {
            return;
        }
        if (java.util.Arrays.equals(allowed, ANY)) {
            int entry = request.find(asked, 0);
            reply.add(name, entry < 0 ? NOTHING : Ascii.bytes(request.value(entry)));
        } else {
            reply.add(name, allowed);
        }
    }

    private byte[] text(Function<CorsPolicy, byte[]> field) {
        for (CorsPolicy policy : policies) {
            byte[] value = field.apply(policy);
            if (value.length > 0) {
                return value;
            }
        }
        return NOTHING;
    }

    private boolean first(Function<CorsPolicy, @Nullable Boolean> field, boolean otherwise) {
        for (CorsPolicy policy : policies) {
            Boolean value = field.apply(policy);
            if (value != null) {
                return value;
            }
        }
        return otherwise;
    }

    @Override
    public HeadersStatus encodeHeaders(ResponseHead head, boolean endStream) {
        byte[] origin = allowedOrigin;
        if (origin == null) {
            return HeadersStatus.CONTINUE;
        }
        HeaderBlock headers = head.headers();
        set(headers, ALLOW_ORIGIN, origin);
        if (first(CorsPolicy::allowCredentials, false)) {
            set(headers, ALLOW_CREDENTIALS, TRUE);
        }
        byte[] expose = text(CorsPolicy::exposeHeaders);
        if (expose.length > 0) {
            set(headers, EXPOSE_HEADERS, expose);
        }
        return HeadersStatus.CONTINUE;
    }

    /** Replaces the first line's value in its place and drops further lines. */
    private static void set(HeaderBlock headers, byte[] name, byte[] value) {
        int entry = headers.find(name, 0);
        if (entry < 0) {
            headers.add(name, value);
            return;
        }
        headers.setValue(entry, value);
        for (int next = headers.find(name, entry + 1); next >= 0; ) {
            headers.removeEntry(next);
            next = headers.find(name, next + 1);
        }
    }
}
