// SPDX-License-Identifier: Apache-2.0
/**
 * Configuration written as YAML or JSON: what Envoy takes for which value, which words it has for
 * what it does not take, and the message that comes of it.
 */
@NullMarked
package dev.outrigger.dataplane.document;

import org.jspecify.annotations.NullMarked;
