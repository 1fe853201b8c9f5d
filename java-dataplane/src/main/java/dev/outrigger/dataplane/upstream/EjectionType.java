// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

/** Why a host is ejected, in Envoy's words for its stats and events. */
enum EjectionType {
    CONSECUTIVE_5XX("consecutive_5xx"),
    CONSECUTIVE_GATEWAY_FAILURE("consecutive_gateway_failure"),
    SUCCESS_RATE("success_rate"),
    CONSECUTIVE_LOCAL_ORIGIN_FAILURE("consecutive_local_origin_failure"),
    SUCCESS_RATE_LOCAL_ORIGIN("local_origin_success_rate"),
    FAILURE_PERCENTAGE("failure_percentage"),
    FAILURE_PERCENTAGE_LOCAL_ORIGIN("local_origin_failure_percentage"),
    EXTENSION("");

    private final String stat;

    EjectionType(String stat) {
        this.stat = stat;
    }

    /** How stats end that count it; empty when none does. */
    String stat() {
        return stat;
    }
}
