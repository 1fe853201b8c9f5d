// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.credential;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.field.FilePaths;
import dev.outrigger.policy.kind.field.Names;
import dev.outrigger.policy.model.BlockKind;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads {@code credential}: {@code file} (an absolute path on the proxy's machine), {@code header}
 * (default authorization), {@code prefix} (default none; up to 256 characters), {@code overwrite}
 * (default true).
 */
public final class CredentialKind implements BlockKind<CredentialPolicy> {
    private static final List<String> FIELDS = List.of("header", "prefix", "file", "overwrite");
    private static final Set<String> NOT_CREDENTIALS =
            Set.of("host", "content-length", "transfer-encoding", "connection", "upgrade", "te");
    private static final int MAX_PREFIX = 256;

    @Override
    public String blockName() {
        return "credential";
    }

    @Override
    public Class<CredentialPolicy> blockType() {
        return CredentialPolicy.class;
    }

    @Override
    public Optional<CredentialPolicy> read(DocumentNode block) {
        var mark = block.violations().mark();
        if (!block.objectOf(FIELDS)) {
            return Optional.empty();
        }
        DocumentNode headerNode = block.field("header");
        var header = Names.header(headerNode);
        if (header.filter(NOT_CREDENTIALS::contains).isPresent()) {
            headerNode.violate(
                    ViolationCode.BAD_VALUE,
                    Quoted.of(header.get()) + " belongs to the connection, not to policies.");
        }
        var prefix = Names.printable(block.field("prefix"), MAX_PREFIX);
        var file = FilePaths.absolute(block.field("file").required());
        var overwrite = block.field("overwrite").bool();
        return mark.ifClean(() ->
                new CredentialPolicy(
                        header.orElse("authorization"),
                        prefix.orElse(""),
                        file.orElseThrow(),
                        overwrite.orElse(true)));
    }
}
