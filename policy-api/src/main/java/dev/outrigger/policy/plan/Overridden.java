// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.plan;

/**
 * A block of a policy that does not hold at a place where it could.
 *
 * @param consumer the calling service; {@code *} for every caller that no policy names
 * @param rule {@code namespace/route/rule}, or the service itself, or its port for what acts on all
 *     its requests
 * @param by what holds there instead
 */
public record Overridden(String consumer, String rule, String block, Source by) {
    /** So many are looked for. */
    public static final int MAX = 20;
}
