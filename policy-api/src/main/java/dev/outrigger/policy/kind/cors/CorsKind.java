// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.cors;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.cors.CorsPolicy.Origin;
import dev.outrigger.policy.kind.field.Names;
import dev.outrigger.policy.model.BlockKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Reads {@code cors}, with the names of Gateway API's filter: {@code allowOrigins} (1..64 of {@code
 * *}, {@code https://example.com}, {@code https://*.example.com}), {@code allowMethods}, {@code
 * allowHeaders}, {@code exposeHeaders} (names, or {@code *} alone), {@code maxAge} (0s..24h),
 * {@code allowCredentials} (default false; not with an origin {@code *}, which would let every page
 * act as its visitor).
 */
public final class CorsKind implements BlockKind<CorsPolicy> {
    private static final List<String> FIELDS =
            List.of(
                    "allowOrigins",
                    "allowMethods",
                    "allowHeaders",
                    "exposeHeaders",
                    "maxAge",
                    "allowCredentials");
    private static final String ANY = "*";
    private static final Pattern ORIGIN =
            Pattern.compile(
                    "([a-z][a-z0-9+.-]*://)(\\*\\.)?([A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)*"
                            + "(?::[0-9]{1,5})?)");

    @Override
    public String blockName() {
        return "cors";
    }

    @Override
    public Class<CorsPolicy> blockType() {
        return CorsPolicy.class;
    }

    @Override
    public Optional<CorsPolicy> read(DocumentNode block) {
        var mark = block.violations().mark();
        if (!block.objectOf(FIELDS)) {
            return Optional.empty();
        }
        var origins = new ArrayList<Origin>();
        for (DocumentNode item : block.field("allowOrigins").required().items(1, 64)) {
            readOrigin(item).ifPresent(origins::add);
        }
        var methods = readNames(block.field("allowMethods"), Names::method);
        var headers = readNames(block.field("allowHeaders"), Names::header);
        var exposed = readNames(block.field("exposeHeaders"), Names::header);
        var maxAge = block.field("maxAge").duration(Duration.ZERO, Duration.ofHours(24));
        DocumentNode credentialsNode = block.field("allowCredentials");
        boolean credentials = credentialsNode.bool().orElse(false);
        if (credentials && origins.contains(new Origin.Any())) {
            credentialsNode.violate(
                    ViolationCode.INCONSISTENT,
                    "Would let every page on the web act with its visitor's credentials (expected:"
                            + " origins by name).");
        }
        return mark.ifClean(
                () -> new CorsPolicy(origins, methods, headers, exposed, maxAge, credentials));
    }

    private static Optional<Origin> readOrigin(DocumentNode item) {
        var text = item.string(512);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (text.get().equals(ANY)) {
            return Optional.of(new Origin.Any());
        }
        var parts = ORIGIN.matcher(text.get());
        if (!parts.matches()) {
            item.violate(
                    ViolationCode.BAD_VALUE,
                    Quoted.of(text.get())
                            + " is not an origin (expected: such as https://example.com,"
                            + " https://*.example.com or *).");
            return Optional.empty();
        }
        String host = parts.group(3).toLowerCase(java.util.Locale.ROOT);
        return Optional.of(
                parts.group(2) == null
                        ? new Origin.Exact(parts.group(1) + host)
                        : new Origin.Subdomains(parts.group(1), "." + host));
    }

    private static List<String> readNames(
            DocumentNode list, Function<DocumentNode, Optional<String>> reader) {
        var names = new ArrayList<String>();
        var items = list.items(0, 64);
        for (DocumentNode item : items) {
            boolean isAny = item.isString() && item.string(256).filter(ANY::equals).isPresent();
            if (isAny && items.size() > 1) {
                item.violate(ViolationCode.INCONSISTENT, "'*' means everything: write it alone.");
            } else if (isAny) {
                names.add(ANY);
            } else {
                reader.apply(item).ifPresent(names::add);
            }
        }
        return names;
    }
}
