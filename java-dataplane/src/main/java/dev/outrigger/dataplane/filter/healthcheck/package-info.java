// SPDX-License-Identifier: Apache-2.0
/** Answers to health checks by others: {@code envoy.filters.http.health_check}. */
@NullMarked
package dev.outrigger.dataplane.filter.healthcheck;

import org.jspecify.annotations.NullMarked;
