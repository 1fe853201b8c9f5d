// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.config.RuntimeFractionalPercent;
import dev.outrigger.dataplane.runtime.RuntimeLayers;

/**
 * What routing depends on besides the request's head: one draw for each exchange, which all
 * decisions share, so that they are correlated as in Envoy (M12), and the runtime. Confined to an
 * event loop.
 */
public final class RouteContext {
    private long random;
    private RuntimeLayers runtime = RuntimeLayers.none();

    /** Begins an exchange with 64 random bits. */
    public void begin(long streamRandom) {
        random = streamRandom;
    }

    /** Takes the runtime of the routes that are asked. */
    void use(RuntimeLayers layers) {
        runtime = layers;
    }

    public long random() {
        return random;
    }

    /** Whether a share of the traffic includes this exchange. */
    boolean isEnabled(RuntimeFractionalPercent fraction) {
        return runtime.snapshot().featureEnabled(fraction, random);
    }

    /** A weight that the runtime may override. */
    long integer(String runtimeKey, long defaultValue) {
        return runtime.snapshot().integer(runtimeKey, defaultValue);
    }
}
