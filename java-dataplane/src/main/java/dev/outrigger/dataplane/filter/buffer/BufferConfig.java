// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.buffer;

import dev.outrigger.dataplane.config.RouteFilterConfig;
import dev.outrigger.dataplane.filter.FactoryContext;
import dev.outrigger.dataplane.filter.FilterConfig;
import dev.outrigger.dataplane.filter.HttpFilterFactory;

/**
 * {@code envoy.extensions.filters.http.buffer.v3.Buffer}.
 *
 * @param maxRequestBytes more is answered with 413
 */
public record BufferConfig(long maxRequestBytes) implements FilterConfig {
    /**
     * {@code BufferPerRoute}.
     *
     * @param maxRequestBytes meaningless when disabled
     */
    public record PerRoute(boolean disabled, long maxRequestBytes) implements RouteFilterConfig {}

    @Override
    public HttpFilterFactory factory(FactoryContext context) {
        return callbacks -> new BufferFilter(callbacks, maxRequestBytes);
    }
}
