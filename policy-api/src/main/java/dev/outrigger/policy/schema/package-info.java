// SPDX-License-Identifier: Apache-2.0
/**
 * JSON Schemas found by asking the readers of documents what they read, so that a schema and a
 * reader cannot disagree.
 */
@NullMarked
package dev.outrigger.policy.schema;

import org.jspecify.annotations.NullMarked;
