// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.kind;

import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import dev.outrigger.policy.model.Percentage;
import io.envoyproxy.envoy.type.v3.FractionalPercent;

/** Values of policies as protobuf's and Envoy's own types. */
public final class ProtoValues {
    private ProtoValues() {}

    public static Duration duration(java.time.Duration duration) {
        return Durations.checkValid(
                Duration.newBuilder()
                        .setSeconds(duration.getSeconds())
                        .setNanos(duration.getNano())
                        .build());
    }

    /** Protobuf's uint32 is an int in Java. */
    public static UInt32Value uint32(long value) {
        if (value < 0 || value > 0xffff_ffffL) {
            throw new IllegalArgumentException("value: " + value + " (expected: 0..2^32-1)");
        }
        return UInt32Value.of((int) value);
    }

    public static FractionalPercent fraction(Percentage share) {
        return FractionalPercent.newBuilder()
                .setNumerator(share.millionths())
                .setDenominator(FractionalPercent.DenominatorType.MILLION)
                .build();
    }
}
