// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.util.Optional;

/**
 * One entry of a {@code typed_per_filter_config} map, at whichever level.
 *
 * @param disabled whether the filter is off here; otherwise it is on, even where it is off by
 *     default
 * @param config absent when the entry only switches
 */
public record PerFilterConfig(boolean disabled, Optional<RouteFilterConfig> config) {}
