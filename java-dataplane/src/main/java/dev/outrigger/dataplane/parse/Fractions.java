// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.FractionalPercent;
import dev.outrigger.dataplane.config.RuntimeFractionalPercent;

/** {@code RuntimeFractionalPercent} and the {@code FractionalPercent} in it. */
final class Fractions {
    static final SupportedFields PERCENT =
            SupportedFields.of(io.envoyproxy.envoy.type.v3.FractionalPercent.class)
                    .obeyed("numerator", "denominator");

    static final SupportedFields RUNTIME_FRACTION =
            SupportedFields.of(io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent.class)
                    .nested("default_value", () -> PERCENT)
                    .obeyed("runtime_key");

    private Fractions() {}

    static FractionalPercent percent(io.envoyproxy.envoy.type.v3.FractionalPercent proto) {
        int denominator =
                switch (proto.getDenominator()) {
                    case TEN_THOUSAND -> 10_000;
                    case MILLION -> 1_000_000;
                    case HUNDRED, UNRECOGNIZED -> 100;
                };
        return new FractionalPercent(Integer.toUnsignedLong(proto.getNumerator()), denominator);
    }

    static RuntimeFractionalPercent runtime(
            io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent proto) {
        return new RuntimeFractionalPercent(
                percent(proto.getDefaultValue()), proto.getRuntimeKey());
    }
}
