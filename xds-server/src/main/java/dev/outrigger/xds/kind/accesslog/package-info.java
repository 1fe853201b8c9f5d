// SPDX-License-Identifier: Apache-2.0
/** Access log: the loggers of a listener's HTTP connection manager. */
@NullMarked
package dev.outrigger.xds.kind.accesslog;

import org.jspecify.annotations.NullMarked;
