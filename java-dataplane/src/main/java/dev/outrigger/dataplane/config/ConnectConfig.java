// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

/**
 * A CONNECT ends here and goes on as plain TCP ({@code connect_config}, W4).
 *
 * @param allowPost whether a POST does so too
 */
public record ConnectConfig(boolean allowPost) {}
