// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

import dev.outrigger.policy.model.PolicySet;
import java.util.function.Consumer;

/**
 * The read side of the store, as the xDS server sees it. Any thread.
 *
 * <p>Listeners are called in revision order on the store's own thread, never concurrently; a slow
 * listener sees the latest set, not every one in between.
 */
public interface PolicySource {
    /** The documents as of the last durable revision. */
    PolicySet current();

    /** Calls the listener at once with the current set and then after every change. */
    Registration onChange(Consumer<PolicySet> listener);

    /** Ends a registration; idempotent. */
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
