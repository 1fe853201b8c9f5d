// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

import java.time.Duration;

/** Hears what the store does, for metrics. Called by the writer: must be quick and not throw. */
public interface StoreListener {
    StoreListener NONE =
            new StoreListener() {
                @Override
                public void committed(Duration duration) {}

                @Override
                public void failed(StoreUnavailable.Reason reason) {}
            };

    /** A revision is durable; from the decision to the sync. */
    void committed(Duration duration);

    void failed(StoreUnavailable.Reason reason);
}
