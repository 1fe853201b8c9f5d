// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter;

import dev.outrigger.dataplane.config.HttpFilterConfig;
import dev.outrigger.dataplane.config.HttpFilterEntry;
import java.util.ArrayList;
import java.util.List;

/** The filters of a connection manager in front of its router, compiled. Immutable. */
public final class HttpFilters {
    /** None: exchanges go straight to the router. */
    public static final HttpFilters NONE = new HttpFilters(List.of());

    private final List<Entry> entries;

    /** One filter, by the name its configuration gives it. */
    record Entry(String name, boolean disabled, HttpFilterFactory factory) {}

    private HttpFilters(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /** Compiles all entries but the router. */
    public static HttpFilters compile(List<HttpFilterEntry> configs, FactoryContext context) {
        var entries = new ArrayList<Entry>();
        for (HttpFilterEntry each : configs) {
            HttpFilterConfig config = each.config();
            if (config instanceof FilterConfig filter) {
                entries.add(new Entry(each.name(), each.disabled(), filter.factory(context)));
            }
        }
        return entries.isEmpty() ? NONE : new HttpFilters(entries);
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    List<Entry> entries() {
        return entries;
    }

    /** A chain for the exchanges behind this stream; on their event loop. */
    public HttpFilterChain newChain(FilterStream stream) {
        return new HttpFilterChain(this, stream);
    }
}
