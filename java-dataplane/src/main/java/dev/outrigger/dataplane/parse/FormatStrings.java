// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

/** Checks format strings with command operators before anything runs them. */
final class FormatStrings {
    private FormatStrings() {}

    static void check(String format, String path, Findings findings) {}
}
