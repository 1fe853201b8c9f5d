// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.time.Duration;

/**
 * How long one event loop may take before it is noticed ({@code watchdogs}).
 *
 * @param missTimeout after which it counts as late
 * @param megamissTimeout after which it counts as very late
 * @param killTimeout after which the process ends; zero for never
 */
public record WatchdogConfig(
        Duration missTimeout, Duration megamissTimeout, Duration killTimeout) {}
