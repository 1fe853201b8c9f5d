// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.capability;

import java.util.Optional;

/**
 * What a policy can ask for that some proxy cannot do: the one table of the differences. What is
 * not listed every proxy does, which conformance cases show; a row goes when its proxy has learned
 * it. What is missing in both stays as long as documents may ask for it, so that it is refused with
 * the reason and not as an unknown field.
 */
public enum Feature {
    /** Retry budgets over a window of time, with a least rate (GEP-3388). */
    RETRY_RATE(
            "it compares retries with the requests under way and keeps no rate",
            "it compares retries with the requests under way and keeps no rate");

    private final String envoyLacks;
    private final String javaLacks;

    /** Each the reason why the proxy cannot do this; empty if it can. */
    Feature(String envoyLacks, String javaLacks) {
        this.envoyLacks = envoyLacks;
        this.javaLacks = javaLacks;
    }

    /** Why a proxy cannot do this; empty if it can. */
    public Optional<String> missingIn(Proxy proxy) {
        var reason =
                switch (proxy) {
                    case ENVOY -> envoyLacks;
                    case JAVA -> javaLacks;
                };
        return Optional.of(reason).filter(text -> !text.isEmpty());
    }
}
