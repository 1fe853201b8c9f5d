// SPDX-License-Identifier: Apache-2.0
/** Access log formats and sinks. */
@NullMarked
package dev.outrigger.dataplane.accesslog;

import org.jspecify.annotations.NullMarked;
