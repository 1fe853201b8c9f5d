// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import dev.outrigger.policy.check.PolicyReader;
import dev.outrigger.policy.document.Checked;
import dev.outrigger.policy.document.DocumentLimits;
import dev.outrigger.policy.document.DocumentReader;
import dev.outrigger.policy.document.DocumentReader.Format;
import dev.outrigger.policy.document.DocumentTree;
import dev.outrigger.policy.document.PolicyDocument;
import dev.outrigger.policy.document.Violation;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.document.Violations;
import dev.outrigger.policy.kind.capability.Capabilities;
import dev.outrigger.policy.kind.xdsresources.XdsResourceCheck;
import dev.outrigger.policy.model.PolicySet;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What each kind accepts and refuses. A case is {@code === title}, a submission, and one line
 * {@code !! document line:column pointer code detail} per violation; titles begin with accepts or
 * rejects. {@code -Dgolden.update=true} rewrites the violations in the source folder: read the
 * difference before you commit it.
 */
class KindCasesTest {
    private static final List<String> FILES =
            List.of(
                    "document",
                    "service",
                    "httproute",
                    "trafficpolicy",
                    "retry",
                    "timeouts",
                    "retryconstraint",
                    "circuitbreaker",
                    "outlierdetection",
                    "healthcheck",
                    "loadbalancer",
                    "sessionaffinity",
                    "fault",
                    "ratelimit",
                    "cors",
                    "httproutefilters",
                    "sidecar",
                    "xdsresources",
                    "grpcroute",
                    "localityfailover",
                    "guardrails",
                    "tls",
                    "credential");

    private record Case(String file, String title, String text, List<String> expected) {}

    @TestFactory
    Stream<DynamicContainer> cases() throws IOException {
        var containers = new ArrayList<DynamicContainer>();
        for (String file : FILES) {
            List<Case> cases = parse(file);
            if (Boolean.getBoolean("golden.update")) {
                update(file, cases);
            }
            containers.add(
                    DynamicContainer.dynamicContainer(
                            file,
                            cases.stream()
                                    .map(one ->
                                            DynamicTest.dynamicTest(
                                                    one.title(), () -> check(one)))));
        }
        return containers.stream();
    }

    private void check(Case one) {
        List<Violation> violations = violations(one.text());

        assertThat(violations.stream().map(KindCasesTest::line).toList()).isEqualTo(one.expected());
        assertThat(violations.isEmpty()).isEqualTo(one.title().startsWith("accepts"));
        violations.forEach(violation -> assertResolves(violation, one.text()));
    }

    /** Every pointer, or the one above it, leads to a value of the document it names. */
    private static void assertResolves(Violation violation, String text) {
        boolean isWholeText =
                violation.pointer().equals("#") || violation.code() == ViolationCode.SYNTAX;
        if (isWholeText) {
            return;
        }
        Optional<PolicyDocument> document =
                new DocumentReader(DocumentLimits.DEFAULT)
                        .read(text, Format.YAML, new Violations()).stream()
                                .filter(read -> read.index() == violation.document())
                                .findFirst();
        if (document.isEmpty()) {
            // Reading was abandoned inside this document; there is no tree to look into.
            assertThat(violation.code().status()).isEqualTo(400);
            return;
        }
        String pointer =
                URLDecoder.decode(
                        violation.pointer().substring(1).replace("+", "%2B"),
                        StandardCharsets.UTF_8);
        String parent = pointer.substring(0, pointer.lastIndexOf('/'));
        assertThat(
                        resolves(document.get().root(), pointer)
                                || resolves(document.get().root(), parent))
                .as(violation.toString())
                .isTrue();
    }

    private static boolean resolves(DocumentTree tree, String pointer) {
        JsonPointer at = JsonPointer.compile(pointer);
        Optional<DocumentTree> node = Optional.of(tree);
        while (!at.matches() && node.isPresent()) {
            JsonPointer step = at;
            node =
                    node.flatMap(value ->
                            switch (value) {
                                case DocumentTree.MapTree map ->
                                        map.find(step.getMatchingProperty())
                                                .map(DocumentTree.Entry::value);
                                case DocumentTree.ListTree list ->
                                        step.getMatchingIndex() < list.items().size()
                                                ? Optional.of(
                                                        list.items().get(step.getMatchingIndex()))
                                                : Optional.empty();
                                case DocumentTree.ScalarTree _ -> Optional.empty();
                            });
            at = at.tail();
        }
        return node.isPresent();
    }

    private static List<Violation> violations(String text) {
        return switch (PolicyReader.of(XdsResourceCheck.NONE, Capabilities.ALL_PROXIES)
                .read(text)) {
            case Checked.Valid<PolicySet> _ -> List.of();
            case Checked.Invalid<PolicySet>(var violations) -> violations;
        };
    }

    private static String line(Violation violation) {
        return "!! %d %d:%d %s %s %s"
                .formatted(
                        violation.document(),
                        violation.line(),
                        violation.column(),
                        violation.pointer(),
                        violation.code().code(),
                        violation.detail());
    }

    private static List<Case> parse(String file) throws IOException {
        var cases = new ArrayList<Case>();
        for (String part : load(file).split("(?m)^=== ")) {
            if (part.isBlank()) {
                continue;
            }
            String title = part.lines().findFirst().orElseThrow();
            var expected = part.lines().filter(line -> line.startsWith("!! ")).toList();
            String text =
                    part.lines()
                            .skip(1)
                            .filter(line -> !line.startsWith("!! "))
                            .collect(Collectors.joining("\n", "", "\n"));
            cases.add(new Case(file, title, text, expected));
        }
        assertThat(cases).isNotEmpty();
        return cases;
    }

    private static String load(String file) throws IOException {
        try (InputStream in = KindCasesTest.class.getResourceAsStream("cases/" + file + ".txt")) {
            assertThat(in).as(file).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void update(String file, List<Case> cases) throws IOException {
        var out = new StringBuilder();
        for (Case one : cases) {
            out.append("=== ").append(one.title()).append('\n').append(one.text());
            violations(one.text()).forEach(violation -> out.append(line(violation)).append('\n'));
        }
        Files.writeString(
                Path.of("src/test/resources/dev/outrigger/policy/kind/cases", file + ".txt"), out);
    }
}
