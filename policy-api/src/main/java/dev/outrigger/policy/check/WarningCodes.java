// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.check;

/** The stable codes of warnings. */
final class WarningCodes {
    /** A limit of one try that the limit of the whole request always comes before. */
    static final String TRY_TIMEOUT_NEVER_FIRES = "OUT-W101";

    /** The tries and pauses that a retry policy asks for do not fit into the request's time. */
    static final String RETRIES_EXCEED_REQUEST = "OUT-W102";

    /** Status codes are retried for every method, a POST included. */
    static final String NON_IDEMPOTENT_RETRIED = "OUT-W103";

    /** A retry condition that holds also after the upstream may have acted on the request. */
    static final String RETRY_MAY_REPEAT = "OUT-W104";

    /** A match that an earlier one leaves nothing of. */
    static final String SHADOWED_MATCH = "OUT-W105";

    /** A rule all of whose matches are shadowed. */
    static final String UNREACHABLE_RULE = "OUT-W106";

    /** Session affinity where the load balancer does not go by hashes. */
    static final String AFFINITY_WITHOUT_HASHING = "OUT-W107";

    /** A load balancer that goes by hashes, where nothing says what is hashed. */
    static final String HASHING_WITHOUT_AFFINITY = "OUT-W108";

    /** Retries or timeouts of a rule that answers itself. */
    static final String NOTHING_TO_RETRY = "OUT-W109";

    /** Failover between localities where nothing finds out that hosts fail. */
    static final String FAILOVER_WITHOUT_HEALTH = "OUT-W110";

    /** Failover between localities where the caller's Sidecar does not say where it is. */
    static final String FAILOVER_FROM_NOWHERE = "OUT-W111";

    /** A credential that is sent in the clear. */
    static final String CREDENTIAL_IN_THE_CLEAR = "OUT-W112";

    /** A guardrail that what holds by default is beyond. */
    static final String DEFAULT_BEYOND_GUARDRAIL = "OUT-W113";

    private WarningCodes() {}
}
