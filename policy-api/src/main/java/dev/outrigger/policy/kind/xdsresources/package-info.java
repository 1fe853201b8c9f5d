// SPDX-License-Identifier: Apache-2.0
/** XdsResources: raw Envoy v3 resources, the escape hatch and the migration path. */
@NullMarked
package dev.outrigger.policy.kind.xdsresources;

import org.jspecify.annotations.NullMarked;
