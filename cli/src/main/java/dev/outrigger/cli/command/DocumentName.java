// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.cli.client.ResourceKind;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.ExitCode;
import java.util.Arrays;
import java.util.Optional;

/** A kind and perhaps a name, typed as {@code KIND NAME} or {@code KIND/NAME}. */
record DocumentName(String kind, Optional<String> name) {

    static DocumentName parse(String kind, Optional<String> name) {
        int slash = kind.indexOf('/');
        if (slash < 0) {
            return new DocumentName(kind, name);
        }
        if (name.isPresent() || slash == 0 || slash == kind.length() - 1) {
            throw CliFailure.of(
                    ExitCode.USAGE,
                    "'"
                            + kind
                            + name.map(text -> " " + text).orElse("")
                            + "' names no document"
                            + " (expected: KIND/NAME or KIND NAME)");
        }
        return new DocumentName(kind.substring(0, slash), Optional.of(kind.substring(slash + 1)));
    }

    /**
     * {@code kind/name} or {@code kind/namespace/name} as the API writes it, with the namespace.
     */
    static String full(String typed) {
        var parts = typed.split("/", -1);
        boolean isName =
                (parts.length == 2 || parts.length == 3)
                        && Arrays.stream(parts).noneMatch(String::isEmpty);
        if (!isName) {
            throw CliFailure.of(
                    ExitCode.USAGE, "'" + typed + "' names no document (expected: KIND/NAME)");
        }
        return ResourceKind.parse(parts[0]).kind()
                + "/"
                + (parts.length == 2 ? "default" : parts[1])
                + "/"
                + parts[parts.length - 1];
    }
}
