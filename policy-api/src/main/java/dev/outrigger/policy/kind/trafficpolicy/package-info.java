// SPDX-License-Identifier: Apache-2.0
/** TrafficPolicy: the document that attaches traffic blocks (retry, timeouts, ...) to targets. */
@NullMarked
package dev.outrigger.policy.kind.trafficpolicy;

import org.jspecify.annotations.NullMarked;
