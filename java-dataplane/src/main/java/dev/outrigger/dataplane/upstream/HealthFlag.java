// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import java.util.Locale;

/** What may be wrong with a host, in the order and the words of {@code /clusters}. */
public enum HealthFlag {
    FAILED_ACTIVE_HC(0x1),
    FAILED_OUTLIER_CHECK(0x2),
    FAILED_EDS_HEALTH(0x4),
    DEGRADED_ACTIVE_HC(0x8),
    DEGRADED_EDS_HEALTH(0x10),
    PENDING_DYNAMIC_REMOVAL(0x20),
    PENDING_ACTIVE_HC(0x40),
    EXCLUDED_VIA_IMMEDIATE_HC_FAIL(0x80),
    ACTIVE_HC_TIMEOUT(0x100),
    EDS_STATUS_DRAINING(0x200);

    static final int UNHEALTHY =
            FAILED_ACTIVE_HC.bit()
                    | FAILED_OUTLIER_CHECK.bit()
                    | FAILED_EDS_HEALTH.bit()
                    | EDS_STATUS_DRAINING.bit();
    static final int DEGRADED = DEGRADED_ACTIVE_HC.bit() | DEGRADED_EDS_HEALTH.bit();
    static final int EXCLUDED =
            PENDING_ACTIVE_HC.bit()
                    | EXCLUDED_VIA_IMMEDIATE_HC_FAIL.bit()
                    | EDS_STATUS_DRAINING.bit();
    static final int EDS =
            FAILED_EDS_HEALTH.bit() | DEGRADED_EDS_HEALTH.bit() | EDS_STATUS_DRAINING.bit();

    private final int bit;

    HealthFlag(int bit) {
        this.bit = bit;
    }

    int bit() {
        return bit;
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
