// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.bootstrap;

import dev.outrigger.policy.rest.BootstrapSource;
import dev.outrigger.xds.bootstrap.BootstrapTemplate.ClientTls;
import dev.outrigger.xds.bootstrap.BootstrapTemplate.ServerName;
import dev.outrigger.xds.security.SubjectNames;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Makes bootstraps that lead to this control plane. Any thread if the generator is. */
public final class Bootstraps implements BootstrapSource {
    private static final int MAX_PORT = 65_535;

    private final String xdsHost;
    private final IntSupplier xdsPort;
    private final Supplier<Optional<SubjectNames>> certificate;
    private final RandomGenerator random;

    /** Of an xDS server that speaks plaintext. */
    public Bootstraps(String xdsHost, IntSupplier xdsPort, RandomGenerator random) {
        this(xdsHost, xdsPort, Optional::empty, random);
    }

    /**
     * @param xdsHost where the xDS server listens
     * @param certificate what the xDS server's certificate calls it; empty for plaintext
     */
    public Bootstraps(
            String xdsHost,
            IntSupplier xdsPort,
            Supplier<Optional<SubjectNames>> certificate,
            RandomGenerator random) {
        this.xdsHost = xdsHost;
        this.xdsPort = xdsPort;
        this.certificate = certificate;
        this.random = random;
    }

    @Override
    public Result bootstrap(Request request) {
        var flavor = request.flavor().name().toLowerCase(Locale.ROOT);
        var target = target(request);
        if (target.isEmpty()) {
            return new Result.Refused(
                    "xds", "is no host:port (expected: a port of 1.." + MAX_PORT + ").");
        }
        var names = certificate.get();
        if (names.isEmpty() && request.tls().isGiven()) {
            return new Result.Refused(
                    "tlsCert", "is of no use: this control plane's xDS port is plaintext.");
        }
        var id =
                request.id()
                        .orElseGet(() ->
                                request.service()
                                        + "-"
                                        + flavor
                                        + "-"
                                        + HexFormat.of().toHexDigits((short) random.nextInt()));
        return new Result.Yaml(
                new BootstrapTemplate(
                                id,
                                request.service(),
                                Map.of("flavor", flavor),
                                request.adminPort().orElse(0),
                                target.get().host(),
                                target.get().port(),
                                names.map(known -> tls(request, known, target.get().host())))
                        .toYaml());
    }

    private static ClientTls tls(Request request, SubjectNames names, String host) {
        return new ClientTls(
                request.tls().certificate().orElse("/etc/outrigger/tls/cert.pem"),
                request.tls().key().orElse("/etc/outrigger/tls/key.pem"),
                request.tls().authorities().orElse("/etc/outrigger/tls/ca.pem"),
                serverName(names, host));
    }

    /** The name the proxy reaches it by if the certificate has it, else the first of the best. */
    private static Optional<ServerName> serverName(SubjectNames names, String host) {
        if (names.dns().contains(host)) {
            return Optional.of(new ServerName(ServerName.Type.DNS, host));
        }
        if (names.addresses().contains(host)) {
            return Optional.of(new ServerName(ServerName.Type.IP_ADDRESS, host));
        }
        return first(ServerName.Type.URI, names.uris())
                .or(() -> first(ServerName.Type.DNS, names.dns()))
                .or(() -> first(ServerName.Type.IP_ADDRESS, names.addresses()));
    }

    private static Optional<ServerName> first(ServerName.Type type, List<String> names) {
        return names.stream().findFirst().map(name -> new ServerName(type, name));
    }

    private Optional<Target> target(Request request) {
        if (request.xds().isEmpty()) {
            return Optional.of(new Target(reachedHost(request), xdsPort.getAsInt()));
        }
        var xds = request.xds().get();
        int colon = xds.lastIndexOf(':');
        try {
            int port = Integer.parseInt(xds.substring(colon + 1));
            return port < 1 || port > MAX_PORT
                    ? Optional.empty()
                    : Optional.of(new Target(unbracketed(xds.substring(0, colon)), port));
        } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    /** Where the server listens, or by what name the caller reached this machine if everywhere. */
    private String reachedHost(Request request) {
        if (!isWildcard(xdsHost)) {
            return xdsHost.equals("localhost") ? "127.0.0.1" : xdsHost;
        }
        var host = URI.create("http://" + request.apiAuthority()).getHost();
        return host == null ? "127.0.0.1" : unbracketed(host);
    }

    private static boolean isWildcard(String host) {
        try {
            // Only addresses are of interest here, and those are not looked up.
            return !host.matches("[A-Za-z].*") && InetAddress.getByName(host).isAnyLocalAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private record Target(String host, int port) {}
}
