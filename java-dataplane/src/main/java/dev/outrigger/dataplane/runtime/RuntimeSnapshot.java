// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.runtime;

import dev.outrigger.dataplane.config.FractionalPercent;
import dev.outrigger.dataplane.config.RuntimeDouble;
import dev.outrigger.dataplane.config.RuntimeFeatureFlag;
import dev.outrigger.dataplane.config.RuntimeFractionalPercent;
import dev.outrigger.dataplane.config.RuntimeValue;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The runtime as of one moment. Immutable. A value that has not the form asked for counts as
 * absent, as in Envoy: {@code "50"} in quotes is no number.
 */
public final class RuntimeSnapshot {
    /** Whole numbers above are "always" where a percentage is asked for. */
    private static final long HUNDRED = 100;

    private final List<Layer> layers;
    private final Map<String, RuntimeValue> values;

    /** One layer as {@code /runtime} shows it. */
    public record Layer(String name, Map<String, RuntimeValue> values) {
        public Layer {
            values = Map.copyOf(values);
        }
    }

    RuntimeSnapshot(List<Layer> layers, Map<String, RuntimeValue> values) {
        this.layers = List.copyOf(layers);
        this.values = Map.copyOf(values);
    }

    public List<Layer> layers() {
        return layers;
    }

    /** The values in force. */
    public Map<String, RuntimeValue> values() {
        return values;
    }

    private @Nullable RuntimeValue find(String key) {
        return key.isEmpty() || values.isEmpty() ? null : values.get(key);
    }

    /** Whether any layer says anything of it. */
    public boolean has(String key) {
        return find(key) != null;
    }

    /** A whole number from 0. */
    public long integer(String key, long defaultValue) {
        RuntimeValue value = find(key);
        return value == null ? defaultValue : value.unsigned().orElse(defaultValue);
    }

    public double number(String key, double defaultValue) {
        RuntimeValue value = find(key);
        return value == null ? defaultValue : value.number().orElse(defaultValue);
    }

    public double number(RuntimeDouble value) {
        return number(value.runtimeKey(), value.defaultValue());
    }

    public boolean bool(String key, boolean defaultValue) {
        RuntimeValue value = find(key);
        return value == null ? defaultValue : value.bool().orElse(defaultValue);
    }

    public boolean enabled(RuntimeFeatureFlag flag) {
        return bool(flag.runtimeKey(), flag.defaultValue());
    }

    /** The share in force: a whole number is a percentage, above 100 always. */
    public FractionalPercent percent(String key, FractionalPercent defaultValue) {
        RuntimeValue value = find(key);
        if (value == null) {
            return defaultValue;
        }
        if (value.percent().isPresent()) {
            return value.percent().get();
        }
        if (value.unsigned().isPresent()) {
            long whole = value.unsigned().get();
            return Long.compareUnsigned(whole, HUNDRED) >= 0
                    ? FractionalPercent.ALWAYS
                    : new FractionalPercent(whole, 100);
        }
        return defaultValue;
    }

    /**
     * Whether a feature is on for one draw.
     *
     * @param random 64 random bits
     */
    public boolean featureEnabled(String key, FractionalPercent defaultValue, long random) {
        return percent(key, defaultValue).hit(random);
    }

    /** As {@link #featureEnabled(String, FractionalPercent, long)}. */
    public boolean featureEnabled(RuntimeFractionalPercent fraction, long random) {
        return featureEnabled(fraction.runtimeKey(), fraction.defaultValue(), random);
    }

    /** A percentage given as a whole number; draws only where that decides anything. */
    public boolean featureEnabled(String key, long defaultPercent, RandomGenerator random) {
        long percent = integer(key, defaultPercent);
        return percent != 0
                && (Long.compareUnsigned(percent, HUNDRED) >= 0
                        || random.nextInt((int) HUNDRED) < percent);
    }

    /** A percentage given as a whole number. */
    public boolean featureEnabled(String key, long defaultPercent, long random) {
        long percent = integer(key, defaultPercent);
        return Long.compareUnsigned(Long.remainderUnsigned(random, HUNDRED), percent) < 0;
    }
}
