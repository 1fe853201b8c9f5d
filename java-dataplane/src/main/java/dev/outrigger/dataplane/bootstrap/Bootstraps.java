// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

import dev.outrigger.dataplane.config.BootstrapConfig;
import dev.outrigger.dataplane.document.ConfigException;
import dev.outrigger.dataplane.parse.BootstrapParser;
import dev.outrigger.dataplane.parse.Parsed;
import dev.outrigger.dataplane.parse.Rejection;
import dev.outrigger.dataplane.parse.UnknownFields;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.core.v3.BuildVersion;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.type.v3.SemanticVersion;
import java.util.stream.Collectors;

/** From the command line to an accepted bootstrap. */
final class Bootstraps {
    private static final String USER_AGENT = "outrigger";

    private Bootstraps() {}

    /**
     * A bootstrap that may be served.
     *
     * @param proto with the node as it is sent
     */
    record Accepted(Bootstrap proto, BootstrapConfig config) {}

    static Accepted read(Options options) throws ConfigException {
        Bootstrap loaded =
                new BootstrapLoader(options.allowUnknownStaticFields())
                        .load(options.configPath(), options.configYaml());
        Bootstrap proto = loaded.toBuilder().setNode(node(loaded.getNode(), options)).build();
        UnknownFields unknown = unknownFields(options);
        var parsed =
                options.mode() == Options.Mode.VALIDATE
                        ? BootstrapParser.validate(proto, unknown)
                        : BootstrapParser.parse(proto, unknown);
        return switch (parsed) {
            case Parsed.Accepted<BootstrapConfig>(var config) -> new Accepted(proto, config);
            case Parsed.Rejected<BootstrapConfig>(var rejections) ->
                    throw new ConfigException(
                            rejections.stream()
                                    .map(Rejection::message)
                                    .collect(Collectors.joining("\n")));
        };
    }

    private static UnknownFields unknownFields(Options options) {
        return options.allowUnknownStaticFields() ? UnknownFields.IGNORED : UnknownFields.IN_FILE;
    }

    /** The command line wins over the file; the user agent is ours unless the file names one. */
    private static Node node(Node fromFile, Options options) {
        Node.Builder node = fromFile.toBuilder();
        if (!options.serviceNode().isEmpty()) {
            node.setId(options.serviceNode());
        }
        if (!options.serviceCluster().isEmpty()) {
            node.setCluster(options.serviceCluster());
        }
        if (!options.serviceZone().isEmpty()) {
            node.getLocalityBuilder().setZone(options.serviceZone());
        }
        if (node.getUserAgentName().isEmpty()) {
            node.setUserAgentName(USER_AGENT);
        }
        if (node.getUserAgentVersionTypeCase()
                == Node.UserAgentVersionTypeCase.USERAGENTVERSIONTYPE_NOT_SET) {
            node.setUserAgentBuildVersion(
                    BuildVersion.newBuilder()
                            .setVersion(
                                    SemanticVersion.newBuilder()
                                            .setMajorNumber(Version.ENVOY_MAJOR)
                                            .setMinorNumber(Version.ENVOY_MINOR)
                                            .setPatch(Version.ENVOY_PATCH)));
        }
        if (node.getExtensionsCount() == 0) {
            node.addAllExtensions(NodeExtensions.ALL);
        }
        return node.build();
    }
}
