// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import java.util.Locale;

/** What may be wrong with a host, in the order and the words of {@code /clusters}. */
public enum HealthFlag {
    FAILED_ACTIVE_HC,
    FAILED_OUTLIER_CHECK,
    FAILED_EDS_HEALTH,
    DEGRADED_ACTIVE_HC,
    DEGRADED_EDS_HEALTH,
    PENDING_DYNAMIC_REMOVAL,
    PENDING_ACTIVE_HC,
    EXCLUDED_VIA_IMMEDIATE_HC_FAIL,
    ACTIVE_HC_TIMEOUT,
    EDS_STATUS_DRAINING;

    static final int UNHEALTHY =
            FAILED_ACTIVE_HC.bit()
                    | FAILED_OUTLIER_CHECK.bit()
                    | FAILED_EDS_HEALTH.bit()
                    | EDS_STATUS_DRAINING.bit();
    static final int DEGRADED = DEGRADED_ACTIVE_HC.bit() | DEGRADED_EDS_HEALTH.bit();
    static final int EXCLUDED = PENDING_ACTIVE_HC.bit() | EXCLUDED_VIA_IMMEDIATE_HC_FAIL.bit();
    static final int EDS =
            FAILED_EDS_HEALTH.bit() | DEGRADED_EDS_HEALTH.bit() | EDS_STATUS_DRAINING.bit();

    int bit() {
        return 1 << ordinal();
    }

    /** {@code healthy}, or every flag of the set with a slash before it. */
    static String text(int flags) {
        if (flags == 0) {
            return "healthy";
        }
        var text = new StringBuilder();
        for (HealthFlag flag : values()) {
            if ((flags & flag.bit()) != 0) {
                text.append('/').append(flag.name().toLowerCase(Locale.ROOT));
            }
        }
        return text.toString();
    }
}
