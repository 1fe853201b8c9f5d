// SPDX-License-Identifier: Apache-2.0
/**
 * Data in the form the caller asked for: table, JSON, YAML or names. Writes to the stream it is
 * given and knows no command.
 */
@NullMarked
package dev.outrigger.cli.output;

import org.jspecify.annotations.NullMarked;
