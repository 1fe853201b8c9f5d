// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.Method;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.route.InternalRedirectPolicy;
import dev.outrigger.dataplane.route.Route;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Turns a request into the one its upstream redirects to (IR2). What cannot be followed is counted
 * and leaves the request as it was.
 */
final class InternalRedirect {
    private final Exchange exchange;
    private final InternalRedirectPolicy policy;
    private final RequestHead head;

    /**
     * An absolute URL.
     *
     * @param path with the query, without the fragment
     */
    private record Target(boolean https, String authority, String path) {
        static @Nullable Target parse(String location) {
            String lower = location.toLowerCase(Locale.ROOT);
            boolean https = lower.startsWith("https://");
            if (!https && !lower.startsWith("http://")) {
                return null;
            }
            int start = https ? "https://".length() : "http://".length();
            int end = start;
            while (end < location.length() && "/?#".indexOf(location.charAt(end)) < 0) {
                char c = location.charAt(end);
                if (c <= ' ' || c > '~' || c == '@') {
                    return null;
                }
                end++;
            }
            if (end == start) {
                return null;
            }
            int fragment = location.indexOf('#', end);
            String rest = location.substring(end, fragment < 0 ? location.length() : fragment);
            return new Target(
                    https,
                    location.substring(start, end),
                    rest.startsWith("/") ? rest : "/" + rest);
        }
    }

    private InternalRedirect(Exchange exchange, InternalRedirectPolicy policy, RequestHead head) {
        this.exchange = exchange;
        this.policy = policy;
        this.head = head;
    }

    /**
     * @param canRepeat whether the request is complete and was kept
     * @return whether the request is now the one to be made
     */
    static boolean prepare(
            Exchange exchange,
            StatsShard shard,
            InternalRedirectPolicy policy,
            RequestHead head,
            ResponseHead response,
            boolean canRepeat) {
        String location = response.headers().text(KnownHeader.LOCATION);
        if (!canRepeat || location == null) {
            return false;
        }
        Counter obstacle = new InternalRedirect(exchange, policy, head).follow(location, response);
        if (obstacle != null) {
            shard.inc(obstacle);
        }
        return obstacle == null;
    }

    private @Nullable Counter follow(String location, ResponseHead response) {
        HcmStats stats = exchange.settings().stats;
        Target target = Target.parse(location);
        if (target == null) {
            return stats.redirectBadLocation;
        }
        // A request that came in the clear is http, whatever a location before has made of it.
        boolean secured = head.isHttps() && exchange.info().connection().tls() != null;
        if (target.https() != secured && !policy.allowsCrossScheme()) {
            return stats.redirectUnsafeScheme;
        }
        if (exchange.redirects().count() >= policy.maxRedirects()) {
            return stats.redirectTooMany;
        }
        var saved = new RequestHead();
        saved.copyFrom(head);
        copyHeaders(response.headers());
        HeaderBlock headers = head.headers();
        headers.set(KnownHeader.HOST, Ascii.bytes(target.authority()));
        head.setPath(Ascii.bytes(target.path()));
        head.setHttps(target.https());
        exchange.choice().forget();
        Route route = exchange.route();
        if (route == null) {
            // That there is no route stays known, as the log shows.
            head.copyFrom(saved);
            return stats.redirectNoRoute;
        }
        if (!policy.allows(route.name(), false, target.https(), exchange.redirects().previous())) {
            restore(saved);
            return stats.redirectPredicate;
        }
        if (response.status() == 303
                && head.method() != Method.GET
                && head.method() != Method.HEAD) {
            head.becomeGet();
        }
        headers.set(
                KnownHeader.ENVOY_ORIGINAL_URL,
                Ascii.bytes((secured ? "https://" : "http://") + saved.authority() + saved.path()));
        return null;
    }

    private void restore(RequestHead saved) {
        head.copyFrom(saved);
        exchange.choice().forget();
    }

    private void copyHeaders(HeaderBlock response) {
        HeaderBlock request = head.headers();
        for (byte[] name : policy.headersToCopy()) {
            request.remove(name);
            for (int entry = response.find(name, 0);
                    entry >= 0;
                    entry = response.find(name, entry + 1)) {
                int from = response.valueOffset(entry);
                request.add(
                        name,
                        Arrays.copyOfRange(
                                response.data(), from, from + response.valueLength(entry)));
            }
        }
    }
}
