// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.sessionaffinity;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.field.Names;
import dev.outrigger.policy.kind.sessionaffinity.SessionAffinityPolicy.HashKey;
import dev.outrigger.policy.kind.sessionaffinity.SessionAffinityPolicy.Source;
import dev.outrigger.policy.model.BlockKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads {@code sessionAffinity}: {@code sources}, 1..8 of exactly one of {@code header} (a name),
 * {@code cookie} ({@code name}, {@code path}, {@code ttl} 0s..8760h), {@code sourceIp} (true) and
 * {@code queryParameter} (a name), with {@code terminal} (default false).
 */
public final class SessionAffinityKind implements BlockKind<SessionAffinityPolicy> {
    private static final List<String> KEYS =
            List.of("header", "cookie", "sourceIp", "queryParameter");
    private static final List<String> FIELDS =
            List.of("header", "cookie", "sourceIp", "queryParameter", "terminal");

    @Override
    public String blockName() {
        return "sessionAffinity";
    }

    @Override
    public Class<SessionAffinityPolicy> blockType() {
        return SessionAffinityPolicy.class;
    }

    @Override
    public Optional<SessionAffinityPolicy> read(DocumentNode block) {
        var mark = block.violations().mark();
        if (!block.objectOf(List.of("sources"))) {
            return Optional.empty();
        }
        var sources = new ArrayList<Source>();
        for (DocumentNode item : block.field("sources").required().items(1, 8)) {
            if (item.objectOf(FIELDS)) {
                var terminal = item.field("terminal").bool().orElse(false);
                readKey(item).ifPresent(key -> sources.add(new Source(key, terminal)));
            }
        }
        return mark.ifClean(() -> new SessionAffinityPolicy(sources));
    }

    private static Optional<HashKey> readKey(DocumentNode item) {
        var given = KEYS.stream().map(item::field).filter(DocumentNode::isPresent).toList();
        if (given.size() != 1) {
            item.violate(
                    ViolationCode.INCONSISTENT,
                    "Has "
                            + given.size()
                            + " keys (expected: exactly one of "
                            + String.join(", ", KEYS)
                            + ").");
            return Optional.empty();
        }
        DocumentNode node = given.getFirst();
        return switch (node.path().tokens().getLast()) {
            case "header" -> Names.header(node).map(HashKey.Header::new);
            case "cookie" -> cookie(node);
            case "sourceIp" -> sourceIp(node);
            case String _ -> queryParameter(node);
        };
    }

    private static Optional<HashKey> cookie(DocumentNode node) {
        if (!node.objectOf(List.of("name", "path", "ttl"))) {
            return Optional.empty();
        }
        var name = Names.token(node.field("name").required(), "cookie name");
        DocumentNode pathNode = node.field("path");
        var path = Names.printable(pathNode, 1_024);
        boolean isBad =
                path.filter(text ->
                                !text.startsWith("/")
                                        || text.chars()
                                                .anyMatch(c -> c <= ' ' || c > '~' || c == ';'))
                        .isPresent();
        if (isBad) {
            pathNode.violate(ViolationCode.BAD_VALUE, "Is not a cookie's path (expected: /...).");
        }
        var ttl = node.field("ttl").duration(Duration.ZERO, Duration.ofDays(365));
        return name.map(text -> new HashKey.Cookie(text, path, ttl));
    }

    private static Optional<HashKey> sourceIp(DocumentNode node) {
        var value = node.bool();
        if (value.isPresent() && !value.get()) {
            node.violate(ViolationCode.BAD_VALUE, "Is false (expected: true, or no such field).");
        }
        return value.map(_ -> new HashKey.SourceIp());
    }

    private static Optional<HashKey> queryParameter(DocumentNode node) {
        var name = Names.printable(node, 256);
        if (name.filter(String::isEmpty).isPresent()) {
            node.violate(ViolationCode.BAD_VALUE, "Is empty (expected: a parameter's name).");
        }
        return name.map(HashKey.QueryParameter::new);
    }
}
