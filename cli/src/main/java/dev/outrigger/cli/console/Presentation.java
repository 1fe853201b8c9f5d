// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.console;

/**
 * How much is said, and how. Immutable.
 *
 * @param isQuiet only data and failures
 * @param isVerbose every request as well
 * @param colors whether there may be colours
 * @param isUnattended whether nobody is to be asked, terminal or not
 */
public record Presentation(
        boolean isQuiet, boolean isVerbose, ColorChoice colors, boolean isUnattended) {
    public static final Presentation DEFAULT =
            new Presentation(false, false, ColorChoice.auto, false);
}
