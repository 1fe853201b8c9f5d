// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.console;

import java.util.List;

/** Which of the three streams are a person's. The launcher knows; Java would have to load a lot. */
public record Terminals(boolean in, boolean out, boolean err) {
    public static final Terminals NONE = new Terminals(false, false, false);

    /** Set by the launcher: those of {@code in}, {@code out} and {@code err} that are one. */
    private static final String PROPERTY = "outrigger.terminals";

    static Terminals ofProcess() {
        var names = List.of(System.getProperty(PROPERTY, "").split(","));
        return new Terminals(names.contains("in"), names.contains("out"), names.contains("err"));
    }
}
