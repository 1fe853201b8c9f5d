// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.config.RouteMatchConfig.TlsContextMatch;
import dev.outrigger.dataplane.config.RuntimeFractionalPercent;
import dev.outrigger.dataplane.message.DynamicMetadata;
import dev.outrigger.dataplane.message.TlsInfo;
import dev.outrigger.dataplane.runtime.RuntimeLayers;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import org.jspecify.annotations.Nullable;

/**
 * What routing depends on besides the request's head: one draw for each exchange, which all
 * decisions share, so that they are correlated as in Envoy (M12), and the runtime. Confined to an
 * event loop.
 */
public final class RouteContext {
    private final @Nullable StatsShard shard;
    private long random;
    private RuntimeLayers runtime = RuntimeLayers.none();
    private @Nullable DynamicMetadata metadata;
    private @Nullable TlsInfo tls;

    /** A context without stats. */
    public RouteContext() {
        this(null);
    }

    /**
     * @param shard where matching counts
     */
    public RouteContext(@Nullable StatsShard shard) {
        this.shard = shard;
    }

    void count(Counter counter) {
        if (shard != null) {
            shard.inc(counter);
        }
    }

    /** Begins an exchange with 64 random bits. */
    public void begin(long streamRandom) {
        random = streamRandom;
    }

    /** Takes the runtime of the routes that are asked. */
    void use(RuntimeLayers layers) {
        runtime = layers;
    }

    /** Takes what filters have said so far; {@code null} for nothing. */
    public void useMetadata(@Nullable DynamicMetadata said) {
        metadata = said;
    }

    /** The TLS requests come over; {@code null} for cleartext. */
    public void useTls(@Nullable TlsInfo secured) {
        tls = secured;
    }

    /** M13. */
    boolean fits(TlsContextMatch wanted) {
        boolean presented = tls != null && tls.peerCertificate() != null;
        boolean validated = tls != null && tls.isPeerValidated();
        return wanted.presented().map(p -> p == presented).orElse(true)
                && wanted.validated().map(v -> v == validated).orElse(true);
    }

    @Nullable DynamicMetadata metadata() {
        return metadata;
    }

    public long random() {
        return random;
    }

    /** Whether a share of the traffic includes this exchange. */
    boolean isEnabled(RuntimeFractionalPercent fraction) {
        return runtime.snapshot().featureEnabled(fraction, random);
    }

    /** As {@link #isEnabled(RuntimeFractionalPercent)}, by a number of the caller's own. */
    boolean isEnabled(RuntimeFractionalPercent fraction, long number) {
        return runtime.snapshot().featureEnabled(fraction, number);
    }

    /** A weight that the runtime may override. */
    long integer(String runtimeKey, long defaultValue) {
        return runtime.snapshot().integer(runtimeKey, defaultValue);
    }
}
