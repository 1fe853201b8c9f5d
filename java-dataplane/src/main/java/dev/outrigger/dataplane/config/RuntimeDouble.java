// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

/**
 * A number that the runtime may override ({@code envoy.config.core.v3.RuntimeDouble}).
 *
 * @param runtimeKey empty for none
 */
public record RuntimeDouble(double defaultValue, String runtimeKey) {}
