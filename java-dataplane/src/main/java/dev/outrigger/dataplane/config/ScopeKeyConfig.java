// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.util.List;

/**
 * How the key of a request's scope is made ({@code ScopedRoutes.ScopeKeyBuilder}): one fragment
 * from a header each; a request that lacks one has no scope.
 */
public record ScopeKeyConfig(List<HeaderFragment> fragments) {
    public ScopeKeyConfig {
        fragments = List.copyOf(fragments);
    }

    /**
     * @param header in lower case
     * @param elementSeparator empty: the value is one element
     */
    public record HeaderFragment(String header, String elementSeparator, Extract extract) {}

    /** Which part of the header's value. */
    public sealed interface Extract {
        /** The n-th element, from 0. */
        record Index(int index) implements Extract {}

        /** What stands behind the separator in the first element that begins with the key. */
        record Element(String separator, String key) implements Extract {}
    }
}
