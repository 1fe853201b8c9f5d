// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.console;

/** When colours are used. Lower case, because that is how it is typed after {@code --color}. */
public enum ColorChoice {
    auto,
    always,
    never
}
