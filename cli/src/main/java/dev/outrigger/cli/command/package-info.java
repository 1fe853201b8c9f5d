// SPDX-License-Identifier: Apache-2.0
/**
 * One class per command: reads its options, calls the room that does the work, prints, answers an
 * exit code.
 */
@NullMarked
package dev.outrigger.cli.command;

import org.jspecify.annotations.NullMarked;
