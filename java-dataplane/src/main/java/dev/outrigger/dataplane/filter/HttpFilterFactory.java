// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter;

/**
 * A filter as configured: what all exchanges of a listener share of it, stats for example. Used by
 * every event loop; holds no mutable state that is not made for that.
 */
@FunctionalInterface
public interface HttpFilterFactory {
    /** A filter for the exchanges behind these callbacks; on their event loop. */
    HttpFilter create(FilterCallbacks callbacks);
}
