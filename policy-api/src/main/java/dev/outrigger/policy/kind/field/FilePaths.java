// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.field;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.document.ViolationCode;
import java.util.Optional;

/** Files of a proxy's machine, which the control plane never reads. */
public final class FilePaths {
    private static final int MAX_CHARS = 1_024;

    private FilePaths() {}

    public static Optional<String> absolute(DocumentNode node) {
        var path = Names.printable(node, MAX_CHARS);
        if (path.isPresent() && !path.get().startsWith("/")) {
            node.violate(
                    ViolationCode.BAD_VALUE,
                    Quoted.of(path.get()) + " is no absolute path (expected: such as /etc/a).");
            return Optional.empty();
        }
        return path;
    }
}
