// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.parse.SupportedTables;
import io.envoyproxy.envoy.config.core.v3.Extension;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class NodeExtensionsTest {
    @Test
    void announcesEveryExtensionItReads() {
        var missing = new TreeSet<String>();
        SupportedTables.extensionTypes().forEach(type -> missing.add(type.getFullName()));
        NodeExtensions.ALL.forEach(extension -> missing.removeAll(extension.getTypeUrlsList()));
        // Parts of others, what stands for others, and what Envoy does not announce by its type
        // either.
        assertThat(missing)
                .containsExactly(
                        "envoy.config.route.v3.FilterConfig",
                        "envoy.config.route.v3.Route",
                        "envoy.config.route.v3.RouteList",
                        "envoy.extensions.outlier_detection_monitors.consecutive_errors.v3.ConsecutiveErrors",
                        "envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig",
                        "udpa.type.v1.TypedStruct",
                        "xds.type.v3.TypedStruct");
    }

    @Test
    void announcesTheNamesAndTypesOfEach() {
        assertThat(NodeExtensions.ALL)
                .contains(
                        Extension.newBuilder()
                                .setCategory("envoy.filters.http.upstream")
                                .setName("envoy.filters.http.credential_injector")
                                .addTypeUrls(
                                        "envoy.extensions.filters.http.credential_injector.v3.CredentialInjector")
                                .build(),
                        Extension.newBuilder()
                                .setCategory("envoy.clusters")
                                .setName("envoy.cluster.static")
                                .build())
                .doesNotHaveDuplicates();
    }
}
