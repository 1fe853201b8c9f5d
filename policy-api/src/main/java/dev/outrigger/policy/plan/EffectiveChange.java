// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.plan;

import java.util.Optional;

/**
 * A block that holds for some requests and comes from elsewhere, or says something else, than
 * before.
 *
 * @param consumer the calling service; {@code *} for every caller that no policy names
 * @param destination the called service
 * @param rule {@code namespace/route/rule}, or the service itself, or its port for what acts on all
 *     its requests
 * @param before empty if nothing held
 * @param after empty if nothing will hold
 */
public record EffectiveChange(
        String consumer,
        String destination,
        String rule,
        String block,
        Optional<Source> before,
        Optional<Source> after) {}
