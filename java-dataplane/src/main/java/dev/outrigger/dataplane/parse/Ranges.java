// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.Duration;
import io.envoyproxy.pgv.validate.Validate.DurationRules;
import io.envoyproxy.pgv.validate.Validate.UInt32Rules;

/**
 * Whether a value of the two kinds that nearly every rule is about is plainly in its range. Where
 * it is not, or the rule says more than a range, {@link ScalarRules} decides with decimals and
 * finds the words.
 */
final class Ranges {
    private static final int NANOS_PER_SECOND = 1_000_000_000;

    private Ranges() {}

    /**
     * @param value an unsigned int or a wrapper of one
     */
    static boolean contains(UInt32Rules rules, Object value) {
        if (rules.hasConst() || rules.getInCount() > 0 || rules.getNotInCount() > 0) {
            return false;
        }
        int number = (Integer) WireMessage.unwrap(value);
        return (!rules.hasGt() || Integer.compareUnsigned(number, rules.getGt()) > 0)
                && (!rules.hasGte() || Integer.compareUnsigned(number, rules.getGte()) >= 0)
                && (!rules.hasLt() || Integer.compareUnsigned(number, rules.getLt()) < 0)
                && (!rules.hasLte() || Integer.compareUnsigned(number, rules.getLte()) <= 0);
    }

    static boolean contains(DurationRules rules, WireMessage value) {
        long seconds = (Long) value.get("seconds");
        int nanos = (Integer) value.get("nanos");
        if (nanos < 0 || nanos >= NANOS_PER_SECOND) {
            return false;
        }
        return (!rules.hasGt() || compare(seconds, nanos, rules.getGt()) > 0)
                && (!rules.hasGte() || compare(seconds, nanos, rules.getGte()) >= 0)
                && (!rules.hasLt() || compare(seconds, nanos, rules.getLt()) < 0)
                && (!rules.hasLte() || compare(seconds, nanos, rules.getLte()) <= 0);
    }

    /** Of two durations in protobuf's normal form. */
    private static int compare(long seconds, int nanos, Duration bound) {
        int whole = Long.compare(seconds, bound.getSeconds());
        return whole == 0 ? Integer.compare(nanos, bound.getNanos()) : whole;
    }
}
