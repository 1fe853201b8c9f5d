// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.buffer;

import dev.outrigger.dataplane.config.RouteFilterConfig;
import dev.outrigger.dataplane.filter.FactoryContext;
import dev.outrigger.dataplane.filter.FilterConfig;
import dev.outrigger.dataplane.filter.HttpFilterFactory;
import org.jspecify.annotations.Nullable;

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

    /**
     * How long a request that is held back may be.
     *
     * @param route what its route says of it
     * @return -1 where it is not held back
     */
    public long limit(@Nullable Object route) {
        if (route instanceof PerRoute(boolean disabled, long bytes)) {
            return disabled ? -1 : bytes;
        }
        return maxRequestBytes;
    }

    @Override
    public HttpFilterFactory factory(FactoryContext context) {
        return callbacks -> new BufferFilter(callbacks, this);
    }
}
