// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

/**
 * A switch that the runtime may override ({@code envoy.config.core.v3.RuntimeFeatureFlag}).
 *
 * @param runtimeKey empty for none
 */
public record RuntimeFeatureFlag(boolean defaultValue, String runtimeKey) {}
