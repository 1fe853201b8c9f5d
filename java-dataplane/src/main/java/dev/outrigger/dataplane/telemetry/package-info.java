// SPDX-License-Identifier: Apache-2.0
/** The stats store and its exports under Envoy's names. */
@NullMarked
package dev.outrigger.dataplane.telemetry;

import org.jspecify.annotations.NullMarked;
