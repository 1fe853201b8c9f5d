// SPDX-License-Identifier: Apache-2.0
/**
 * From the intermediate representation to Envoy v3 messages. Total: a failure here is a bug, not
 * the author's mistake.
 */
@NullMarked
package dev.outrigger.xds.translate;

import org.jspecify.annotations.NullMarked;
