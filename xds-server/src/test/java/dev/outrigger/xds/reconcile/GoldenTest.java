// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.xds.node.NodeGroupResolver;
import dev.outrigger.xds.node.NodeIdentity;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.resource.XdsResource;
import dev.outrigger.xds.snapshot.ReferenceCheck;
import dev.outrigger.xds.testing.FakePolicySource;
import dev.outrigger.xds.testing.GoldenCases;
import dev.outrigger.xds.translate.XdsTranslator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Policies to xDS, as files: one per type, each resource under the documents it came from. {@code
 * -Dgolden.update=true} rewrites them and deletes those that no longer belong to anything.
 */
class GoldenTest {
    private static final NodeIdentity NODE = new NodeIdentity("a-1", "a", Map.of(), "");

    static Stream<Path> cases() {
        return GoldenCases.all().stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void policiesBecomeTheseResources(Path folder) throws IOException {
        var expected = rendered(resources(FakePolicySource.policies(GoldenCases.policies(folder))));

        if (Boolean.getBoolean("golden.update")) {
            update(folder, expected);
        }

        assertThat(read(folder)).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void resourcesReferOnlyToEachOther(Path folder) throws IOException {
        var resources = resources(FakePolicySource.policies(GoldenCases.policies(folder)));

        assertThat(ReferenceCheck.check(resources)).isEmpty();
    }

    static List<XdsResource> resources(PolicySet policies) {
        return new GroupBuilder(policies, new XdsTranslator())
                .resources(new NodeGroupResolver(policies).resolve(NODE));
    }

    private static Map<String, String> rendered(List<XdsResource> resources) {
        var files = new TreeMap<String, String>();
        for (ResourceType type : ResourceType.values()) {
            var text =
                    resources.stream()
                            .filter(resource -> resource.type() == type)
                            .map(GoldenTest::rendered)
                            .collect(Collectors.joining());
            if (!text.isEmpty()) {
                files.put(type.shortName().toLowerCase(Locale.ROOT) + ".yaml", text);
            }
        }
        return files;
    }

    private static String rendered(XdsResource resource) {
        return "# "
                + resource.provenance().stream()
                        .map(Object::toString)
                        .collect(Collectors.joining(", "))
                + "\n- "
                + GoldenCases.json(resource.message()).replace("\n", "\n  ")
                + "\n";
    }

    private static Map<String, String> read(Path folder) throws IOException {
        var files = new TreeMap<String, String>();
        try (var found = Files.list(folder)) {
            for (Path file : found.filter(GoldenTest::isOutput).toList()) {
                files.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        return files;
    }

    private static void update(Path folder, Map<String, String> expected) throws IOException {
        for (String orphan : read(folder).keySet()) {
            Files.delete(folder.resolve(orphan));
        }
        for (Map.Entry<String, String> file : expected.entrySet()) {
            Files.writeString(folder.resolve(file.getKey()), file.getValue());
        }
    }

    private static boolean isOutput(Path file) {
        return !file.getFileName().toString().equals("policies.yaml");
    }
}
