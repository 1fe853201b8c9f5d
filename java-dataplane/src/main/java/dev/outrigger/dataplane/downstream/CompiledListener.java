// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.filterchain.FilterChains;
import dev.outrigger.dataplane.tls.ServerTls;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A listener as of one moment: what a swap hands to each worker. Immutable.
 *
 * @param chains in the order {@code index} speaks of
 */
record CompiledListener(ListenerVersion version, FilterChains index, List<CompiledChain> chains) {
    CompiledListener {
        chains = List.copyOf(chains);
    }

    /**
     * A filter chain with what it does as of one moment.
     *
     * @param limits on its connections, asked in this order
     * @param tls {@code null} for cleartext
     */
    record CompiledChain(
            ChainKey key,
            String name,
            List<ConnectionLimitFilter> limits,
            NetworkFilter filter,
            @Nullable SecuredChain tls) {
        CompiledChain {
            limits = List.copyOf(limits);
        }
    }

    /**
     * A chain's TLS.
     *
     * @param connectTimeoutNanos of the handshake; 0 for none
     */
    record SecuredChain(ServerTls tls, long connectTimeoutNanos) {}

    /**
     * What makes a filter chain the same one in two versions of a listener, so that its connections
     * live on (WA3).
     *
     * @param listener hash of what the listener says besides its chains
     * @param chain hash of the chain
     */
    record ChainKey(long listener, boolean isDefault, long chain) {
        // By hand: those of a record are linked at run time, which every start would wait for.
        @Override
        public boolean equals(Object other) {
            return other instanceof ChainKey that
                    && listener == that.listener
                    && isDefault == that.isDefault
                    && chain == that.chain;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(listener * 31 + chain) * 2 + (isDefault ? 1 : 0);
        }
    }
}
