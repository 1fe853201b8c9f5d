// SPDX-License-Identifier: Apache-2.0
/**
 * The control plane's REST API as the commands use it, and the documents on their way to it.
 * Everything the server refuses comes out as a {@code CliFailure}; nothing here prints.
 */
@NullMarked
package dev.outrigger.cli.client;

import org.jspecify.annotations.NullMarked;
