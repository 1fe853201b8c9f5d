// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.check.PolicyReader;
import dev.outrigger.policy.kind.capability.Capabilities;
import dev.outrigger.policy.kind.xdsresources.XdsResourceCheck;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.xds.node.NodeGroupResolver;
import dev.outrigger.xds.node.NodeIdentity;
import dev.outrigger.xds.resource.XdsResource;
import dev.outrigger.xds.snapshot.ReferenceCheck;
import dev.outrigger.xds.translate.XdsTranslator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples of the documentation are accepted as they stand, and come to something. */
class PolicyPagesTest {
    private static final Path PAGES = Path.of("../docs/policies");
    private static final Pattern EXAMPLE = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    private static final String SIDECAR =
            """
            apiVersion: outrigger.dev/v1alpha1
            kind: Sidecar
            metadata: {name: reader}
            spec:
              selector: {cluster: reader}
              outbound: {listeners: [{name: http, port: 15001}]}
            ---
            """;

    static List<Path> pages() throws IOException {
        try (var files = Files.list(PAGES)) {
            return files.filter(page -> !page.endsWith("README.md")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void examplesAreAcceptedAndTranslated(Path page) throws IOException {
        var examples =
                EXAMPLE.matcher(Files.readString(page)).results().map(found -> found.group(1));

        var each = examples.toList();

        assertThat(each).as("examples").isNotEmpty();
        for (String example : each) {
            var policies =
                    PolicyReader.of(XdsResourceCheck.NONE, Capabilities.ENVOY_ONLY)
                            .read(SIDECAR + example)
                            .require();
            assertThat(ReferenceCheck.check(resources(policies))).isEmpty();
            assertThat(resources(policies)).isNotEmpty();
        }
    }

    private static List<XdsResource> resources(PolicySet policies) {
        var node = new NodeIdentity("reader-1", "reader", Map.of(), "");
        return new GroupBuilder(policies, new XdsTranslator())
                .resources(new NodeGroupResolver(policies).resolve(node));
    }
}
