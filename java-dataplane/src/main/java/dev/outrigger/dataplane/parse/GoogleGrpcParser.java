// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.PipeAddress;
import dev.outrigger.dataplane.config.UpstreamTlsConfig;
import dev.outrigger.dataplane.config.XdsClusterConfig;
import dev.outrigger.dataplane.config.XdsClusterConfig.Http2Keepalive;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.GrpcService.GoogleGrpc;
import io.envoyproxy.envoy.config.core.v3.GrpcService.GoogleGrpc.ChannelArgs;
import io.envoyproxy.envoy.config.core.v3.GrpcService.GoogleGrpc.ChannelCredentials;
import io.envoyproxy.envoy.config.core.v3.GrpcService.GoogleGrpc.GoogleLocalCredentials;
import io.envoyproxy.envoy.config.core.v3.GrpcService.GoogleGrpc.SslCredentials;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher.SanType;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code google_grpc}: a service by the address of its target. What gRPC's own library would make
 * of it is made by the same clients as for clusters.
 */
final class GoogleGrpcParser {
    private static final String KEEPALIVE_TIME = "grpc.keepalive_time_ms";
    private static final String KEEPALIVE_TIMEOUT = "grpc.keepalive_timeout_ms";
    private static final String AUTHORITY = "grpc.default_authority";
    private static final String TARGET_NAME = "grpc.ssl_target_name_override";

    private static final SupportedFields SSL =
            SupportedFields.of(SslCredentials.class)
                    .nested("root_certs", DataSources::table)
                    .nested("private_key", DataSources::table)
                    .nested("cert_chain", DataSources::table);

    private static final SupportedFields LOCAL = SupportedFields.of(GoogleLocalCredentials.class);

    private static final SupportedFields CREDENTIALS =
            SupportedFields.of(ChannelCredentials.class)
                    .nested("ssl_credentials", () -> SSL)
                    .nested("local_credentials", () -> LOCAL);

    private static final SupportedFields ARGS =
            SupportedFields.of(ChannelArgs.class)
                    .obeyedWithNote(
                            "args",
                            String.join(
                                            ", ",
                                            KEEPALIVE_TIME,
                                            KEEPALIVE_TIMEOUT,
                                            AUTHORITY,
                                            TARGET_NAME)
                                    + "; others tune a library that is not here");

    static final SupportedFields GOOGLE_GRPC =
            SupportedFields.of(GoogleGrpc.class)
                    .obeyedWithNote("target_uri", "host and port, or dns:, ipv4:, ipv6:, unix:")
                    .obeyed("stat_prefix")
                    .nested("channel_credentials", () -> CREDENTIALS)
                    .nested("channel_args", () -> ARGS)
                    .noEffect(
                            "per_stream_buffer_limit_bytes",
                            "what is sent waits for the connection in any case");

    /** gRPC's for a target without a port. */
    private static final int DEFAULT_PORT = 443;

    private static final DataSource SYSTEM_ROOTS =
            DataSource.newBuilder().setFilename("/etc/ssl/certs/ca-certificates.crt").build();

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration DEFAULT_KEEPALIVE_TIMEOUT = Duration.ofSeconds(20);

    private GoogleGrpcParser() {}

    /**
     * Where it is and how it is spoken to.
     *
     * @param authority of the calls
     */
    record Target(XdsClusterConfig cluster, String authority) {}

    static Optional<Target> parse(GoogleGrpc proto, String path, Findings findings) {
        String uri = proto.getTargetUri();
        Optional<Place> place = Place.of(uri);
        if (place.isEmpty()) {
            findings.unsupported(
                    FieldPaths.join(path, "target_uri"),
                    uri,
                    "a target of this form is not supported (expected: host and port, dns:, ipv4:,"
                            + " ipv6: or unix:)");
            return Optional.empty();
        }
        String authority = arg(proto, AUTHORITY).orElse(place.get().authority());
        return Optional.of(
                new Target(
                        new XdsClusterConfig(
                                uri,
                                place.get().addresses(),
                                place.get().resolveNames(),
                                CONNECT_TIMEOUT,
                                keepalive(proto),
                                Optional.empty(),
                                tls(proto, authority, path, findings),
                                Optional.of("grpc." + proto.getStatPrefix() + ".")),
                        authority));
    }

    private static Optional<String> arg(GoogleGrpc proto, String name) {
        return Optional.ofNullable(proto.getChannelArgs().getArgsMap().get(name))
                .filter(ChannelArgs.Value::hasStringValue)
                .map(ChannelArgs.Value::getStringValue);
    }

    private static Optional<Long> millis(GoogleGrpc proto, String name) {
        return Optional.ofNullable(proto.getChannelArgs().getArgsMap().get(name))
                .filter(ChannelArgs.Value::hasIntValue)
                .map(ChannelArgs.Value::getIntValue)
                .filter(value -> value > 0);
    }

    private static Optional<Http2Keepalive> keepalive(GoogleGrpc proto) {
        return millis(proto, KEEPALIVE_TIME)
                .map(time ->
                        new Http2Keepalive(
                                Duration.ofMillis(time),
                                millis(proto, KEEPALIVE_TIMEOUT)
                                        .map(Duration::ofMillis)
                                        .orElse(DEFAULT_KEEPALIVE_TIMEOUT)));
    }

    private static Optional<UpstreamTlsConfig> tls(
            GoogleGrpc proto, String authority, String path, Findings findings) {
        if (!proto.getChannelCredentials().hasSslCredentials()) {
            return Optional.empty();
        }
        String host = arg(proto, TARGET_NAME).orElseGet(() -> HostPort.of(authority).host());
        return Optional.of(
                TlsContextParser.upstream(
                        context(proto.getChannelCredentials().getSslCredentials(), host),
                        FieldPaths.join(path, "channel_credentials.ssl_credentials"),
                        findings));
    }

    /**
     * The same in the words of a cluster: gRPC checks the name it asks for, and trusts whom the
     * system trusts unless told otherwise.
     */
    private static UpstreamTlsContext context(SslCredentials proto, String host) {
        boolean address = literal(host).isPresent();
        var validation =
                CertificateValidationContext.newBuilder()
                        .setTrustedCa(proto.hasRootCerts() ? proto.getRootCerts() : SYSTEM_ROOTS)
                        .addMatchTypedSubjectAltNames(
                                SubjectAltNameMatcher.newBuilder()
                                        .setSanType(address ? SanType.IP_ADDRESS : SanType.DNS)
                                        .setMatcher(StringMatcher.newBuilder().setExact(host)));
        var common = CommonTlsContext.newBuilder().setValidationContext(validation);
        if (proto.hasPrivateKey() || proto.hasCertChain()) {
            common.addTlsCertificates(
                    TlsCertificate.newBuilder()
                            .setCertificateChain(proto.getCertChain())
                            .setPrivateKey(proto.getPrivateKey()));
        }
        return UpstreamTlsContext.newBuilder()
                .setSni(address ? "" : host)
                .setCommonTlsContext(common)
                .build();
    }

    private static Optional<InetAddress> literal(String host) {
        try {
            return Optional.of(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** {@code host:port}, {@code host}, {@code [v6]:port} or a bare IPv6 address. */
    private record HostPort(String host, int port) {
        static HostPort of(String text) {
            int end = text.startsWith("[") ? text.indexOf(']') : -1;
            if (end > 0) {
                String rest = text.substring(end + 1);
                return new HostPort(
                        text.substring(1, end), rest.startsWith(":") ? port(rest) : DEFAULT_PORT);
            }
            int colon = text.lastIndexOf(':');
            boolean bare = colon < 0 || text.indexOf(':') != colon;
            return bare
                    ? new HostPort(text, DEFAULT_PORT)
                    : new HostPort(text.substring(0, colon), port(text.substring(colon)));
        }

        private static int port(String text) {
            String digits = text.substring(1);
            boolean number = digits.matches("[0-9]{1,5}");
            int value = number ? Integer.parseInt(digits) : -1;
            return value <= 0xffff ? value : -1;
        }

        boolean isUsable() {
            return !host.isEmpty() && port >= 0;
        }
    }

    /**
     * What a target names.
     *
     * @param authority gRPC's for it
     */
    private record Place(
            List<InetSocketAddress> addresses, boolean resolveNames, String authority) {
        static Optional<Place> of(String uri) {
            if (uri.startsWith("unix:")) {
                String path = uri.substring("unix:".length());
                String file = path.startsWith("//") ? path.substring(2) : path;
                return file.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new Place(List.of(PipeAddress.of(file)), false, "localhost"));
            }
            if (uri.startsWith("ipv4:") || uri.startsWith("ipv6:")) {
                return literals(uri.substring("ipv4:".length()));
            }
            if (uri.contains("://") && !uri.startsWith("dns:")) {
                return Optional.empty();
            }
            String name = uri.startsWith("dns:") ? withoutServer(uri.substring(4)) : uri;
            var target = HostPort.of(name);
            if (!target.isUsable()) {
                return Optional.empty();
            }
            var literal = address(target);
            return Optional.of(
                    new Place(
                            List.of(
                                    literal.orElseGet(() ->
                                            InetSocketAddress.createUnresolved(
                                                    target.host(), target.port()))),
                            literal.isEmpty(),
                            name));
        }

        /** {@code dns://server/name}: who is asked is not the target's to say here. */
        private static String withoutServer(String name) {
            return name.startsWith("//") ? name.substring(name.indexOf('/', 2) + 1) : name;
        }

        private static Optional<Place> literals(String list) {
            var addresses = new ArrayList<InetSocketAddress>();
            for (String each : list.split(",", -1)) {
                var target = HostPort.of(each);
                var address =
                        target.isUsable() ? address(target) : Optional.<InetSocketAddress>empty();
                if (address.isEmpty()) {
                    return Optional.empty();
                }
                addresses.add(address.get());
            }
            return Optional.of(new Place(addresses, false, list));
        }

        private static Optional<InetSocketAddress> address(HostPort target) {
            return literal(target.host())
                    .map(address -> new InetSocketAddress(address, target.port()));
        }
    }
}
