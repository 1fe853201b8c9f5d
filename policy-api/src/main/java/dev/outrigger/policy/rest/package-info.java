// SPDX-License-Identifier: Apache-2.0
/**
 * The REST surface: one HttpService per resource, problems, ETags. Helidon is seen here and nowhere
 * else in this module.
 */
@NullMarked
package dev.outrigger.policy.rest;

import org.jspecify.annotations.NullMarked;
