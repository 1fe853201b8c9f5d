// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.config.CorsPolicyConfig;
import dev.outrigger.dataplane.config.FractionalPercent;
import dev.outrigger.dataplane.config.RuntimeFractionalPercent;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.WireText;
import org.jspecify.annotations.Nullable;

/** A CORS policy compiled. Empty arrays and {@code null} mean "not said here". Immutable. */
@SuppressWarnings("ArrayRecordComponent") // never compared; read as bytes
public record CorsPolicy(
        ValueMatcher[] allowOrigins,
        byte[] allowMethods,
        byte[] allowHeaders,
        byte[] exposeHeaders,
        byte[] maxAge,
        @Nullable Boolean allowCredentials,
        RuntimeFractionalPercent enabled,
        RuntimeFractionalPercent shadowEnabled,
        @Nullable Boolean allowPrivateNetworkAccess,
        @Nullable Boolean forwardNotMatchingPreflights) {
    private static final byte[] ANY = {'*'};

    /**
     * Without {@code filter_enabled} a policy is on, without {@code shadow_enabled} not shadowed.
     */
    private static final RuntimeFractionalPercent ON =
            new RuntimeFractionalPercent(FractionalPercent.ALWAYS, "");

    private static final RuntimeFractionalPercent OFF =
            new RuntimeFractionalPercent(FractionalPercent.NEVER, "");

    public static CorsPolicy from(CorsPolicyConfig config) {
        return new CorsPolicy(
                config.allowOrigins().stream().map(ValueMatcher::of).toArray(ValueMatcher[]::new),
                WireText.bytes(config.allowMethods()),
                WireText.bytes(config.allowHeaders()),
                WireText.bytes(config.exposeHeaders()),
                WireText.bytes(config.maxAge()),
                config.allowCredentials().orElse(null),
                config.filterEnabled().orElse(ON),
                config.shadowEnabled().orElse(OFF),
                config.allowPrivateNetworkAccess().orElse(null),
                config.forwardNotMatchingPreflights().orElse(null));
    }

    /** Whether the origin is allowed; a matcher that takes {@code *} takes every origin. */
    public boolean allows(HeaderBlock headers, int origin) {
        for (ValueMatcher matcher : allowOrigins) {
            if (matcher.matches(ANY, 0, 1)
                    || matcher.matches(
                            headers.data(),
                            headers.valueOffset(origin),
                            headers.valueLength(origin))) {
                return true;
            }
        }
        return false;
    }
}
