// SPDX-License-Identifier: Apache-2.0
/**
 * Envoy's runtime: values by dotted keys that override what the configuration says, in layers of
 * which the last wins. Static layers come from the bootstrap, the admin layer from {@code
 * /runtime_modify}.
 *
 * <p>Which keys are read, and by whom, is in {@link dev.outrigger.dataplane.runtime.RuntimeKeys}.
 */
@NullMarked
package dev.outrigger.dataplane.runtime;

import org.jspecify.annotations.NullMarked;
