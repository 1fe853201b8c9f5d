// SPDX-License-Identifier: Apache-2.0
/**
 * What every command shares with the person or script that runs it: streams, exit codes, and
 * failures that say what happened, where, and what to do next. No command and no network here.
 */
@NullMarked
package dev.outrigger.cli.console;

import org.jspecify.annotations.NullMarked;
