// SPDX-License-Identifier: Apache-2.0
/**
 * The document as its author wrote it: a tree with source positions, its readers (YAML and JSON),
 * field paths and violations. Nothing here knows a policy kind.
 */
@NullMarked
package dev.outrigger.policy.document;

import org.jspecify.annotations.NullMarked;
