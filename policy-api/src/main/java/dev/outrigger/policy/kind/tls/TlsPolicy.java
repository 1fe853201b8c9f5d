// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.tls;

import dev.outrigger.policy.model.TrafficBlock;
import java.util.List;
import java.util.Optional;

/**
 * TLS toward the hosts of a service (Gateway API's BackendTLSPolicy). All files are of the proxy's
 * machine.
 *
 * @param hostname what is asked for (SNI) and, without other names, what the certificate must be
 *     for
 * @param trusted whose certificates are believed
 * @param subjectAltNames what the certificate must be for, any of these; empty means the host name
 * @param clientCertificate what the proxy shows of itself
 * @param alpn protocols offered; empty means what the service's port speaks
 */
public record TlsPolicy(
        String hostname,
        Trusted trusted,
        List<SubjectAltName> subjectAltNames,
        Optional<ClientCertificate> clientCertificate,
        Optional<Version> minVersion,
        Optional<Version> maxVersion,
        List<String> alpn)
        implements TrafficBlock {
    public TlsPolicy {
        subjectAltNames = List.copyOf(subjectAltNames);
        alpn = List.copyOf(alpn);
    }

    /** Certificate authorities. */
    public sealed interface Trusted {
        /** Those in a file, PEM. */
        record File(String path) implements Trusted {}

        /** Those of the proxy's operating system. */
        record OperatingSystem() implements Trusted {}
    }

    /** A name in a certificate. */
    public sealed interface SubjectAltName {
        /** A DNS name; {@code *.} at its beginning stands for the same in the certificate. */
        record Hostname(String name) implements SubjectAltName {}

        /** Such as {@code spiffe://mesh/b}. */
        record Uri(String uri) implements SubjectAltName {}
    }

    /** A certificate with its chain, and its key; both PEM. */
    public record ClientCertificate(String certificateFile, String privateKeyFile) {}

    /** Older ones are not on offer (RFC 8996). */
    public enum Version {
        TLS_1_2,
        TLS_1_3
    }

    @Override
    public String blockName() {
        return "tls";
    }

    @Override
    public Scope scope() {
        return Scope.CLUSTER;
    }
}
