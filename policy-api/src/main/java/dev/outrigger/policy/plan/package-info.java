// SPDX-License-Identifier: Apache-2.0
/**
 * What documents come to in proxies: what a write would change there, and why a request is treated
 * as it is. Values and an interface; the xDS server answers with the translation it sends with.
 */
@NullMarked
package dev.outrigger.policy.plan;

import org.jspecify.annotations.NullMarked;
