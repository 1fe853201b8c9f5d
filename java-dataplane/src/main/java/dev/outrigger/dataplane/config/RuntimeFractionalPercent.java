// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

/**
 * A share that the runtime may override ({@code envoy.config.core.v3.RuntimeFractionalPercent}).
 *
 * @param runtimeKey empty for none
 */
public record RuntimeFractionalPercent(FractionalPercent defaultValue, String runtimeKey) {}
