// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.output;

/** How data is printed. Lower case, because that is how it is typed after {@code -o}. */
public enum OutputFormat {
    table,
    /** A table with more columns, where there are more. */
    wide,
    json,
    yaml,
    name
}
