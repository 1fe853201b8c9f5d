// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.dynamicforwardproxy;

import dev.outrigger.dataplane.dnscache.DnsCache;
import dev.outrigger.dataplane.dnscache.DnsHost;
import dev.outrigger.dataplane.filter.FilterCallbacks;
import dev.outrigger.dataplane.filter.HttpFilter;
import dev.outrigger.dataplane.filter.LocalReply;
import dev.outrigger.dataplane.filter.dynamicforwardproxy.DynamicForwardProxyConfig.HostRewrite;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseFlag;
import dev.outrigger.dataplane.message.WireText;
import org.jspecify.annotations.Nullable;

/** Holds a request until the name of its host is looked up. */
final class DynamicForwardProxyFilter implements HttpFilter {
    private static final LocalReply TOO_MANY_PENDING =
            LocalReply.of(
                    503,
                    "Dynamic forward proxy pending request overflow",
                    "dynamic_forward_proxy_pending_request_overflow");
    private static final LocalReply TOO_MANY_NAMES =
            LocalReply.of(503, "DNS cache overflow", "dns_cache_overflow");
    private static final LocalReply NO_HOST =
            LocalReply.of(400, "Empty host header", "empty_host_header");

    private final FilterCallbacks callbacks;
    private final DnsCache names;
    private DnsCache.@Nullable Load load;

    /** Whether this request counts among those that wait for names. */
    private boolean pending;

    DynamicForwardProxyFilter(FilterCallbacks callbacks, DnsCache names) {
        this.callbacks = callbacks;
        this.names = names;
    }

    @Override
    public HeadersStatus decodeHeaders(RequestHead head, boolean endStream) {
        String cluster = callbacks.routeCluster();
        int defaultPort =
                cluster.isEmpty() ? 0 : callbacks.clusterHealth().dynamicForwardProxyPort(cluster);
        if (defaultPort == 0) {
            return HeadersStatus.CONTINUE;
        }
        rewriteHost(head);
        // Envoy counts before it knows whether there is anything to wait for.
        if (!names.pendingRequests().tryBegin(callbacks.worker().stats())) {
            return refuse(TOO_MANY_PENDING);
        }
        pending = true;
        String authority = head.authority();
        if (authority.isEmpty()) {
            return refuse(NO_HOST);
        }
        String key = DnsHost.key(authority, defaultPort);
        DnsHost known = names.find(key);
        if (known != null) {
            endPending();
            return known.addresses().isEmpty() ? failed(known) : HeadersStatus.CONTINUE;
        }
        if (names.isOverflowing(callbacks.worker().stats())) {
            endPending();
            return refuse(TOO_MANY_NAMES);
        }
        load = names.load(key, defaultPort, callbacks.worker().index(), this::onLoaded);
        return HeadersStatus.STOP_ALL_ITERATION_AND_WATERMARK;
    }

    private void rewriteHost(RequestHead head) {
        if (!(callbacks.routeConfig() instanceof HostRewrite rewrite)) {
            return;
        }
        HeaderBlock headers = head.headers();
        if (!rewrite.literal().isEmpty()) {
            headers.set(KnownHeader.HOST, WireText.bytes(rewrite.literal()));
        }
        if (!rewrite.header().isEmpty()) {
            int entry = headers.find(WireText.bytes(rewrite.header()), 0);
            if (entry >= 0) {
                headers.set(KnownHeader.HOST, Ascii.bytes(headers.value(entry)));
            }
        }
    }

    private HeadersStatus refuse(LocalReply reply) {
        callbacks.sendLocalReply(reply);
        return HeadersStatus.STOP_ITERATION;
    }

    private HeadersStatus failed(DnsHost host) {
        callbacks.streamInfo().setFlag(ResponseFlag.DNS_RESOLUTION_FAILED);
        return refuse(LocalReply.of(503, "DNS resolution failure", host.details()));
    }

    private void onLoaded(DnsHost host) {
        load = null;
        endPending();
        if (host.addresses().isEmpty()) {
            var _ = failed(host);
        } else {
            callbacks.continueDecoding();
        }
    }

    private void endPending() {
        if (pending) {
            pending = false;
            names.pendingRequests().end(callbacks.worker().stats());
        }
    }

    @Override
    public void onDestroy() {
        if (load != null) {
            load.cancel();
            load = null;
        }
        endPending();
    }
}
