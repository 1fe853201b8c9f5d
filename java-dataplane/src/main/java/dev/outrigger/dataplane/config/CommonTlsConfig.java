// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import dev.outrigger.dataplane.x509.CertificateChain;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code envoy.extensions.transport_sockets.tls.v3.CommonTlsContext}: what both sides of TLS have.
 *
 * @param certificates in order; several on the downstream side only
 * @param alpnProtocols in order of preference
 * @param keyLog absent: no keys are written anywhere
 */
public record CommonTlsConfig(
        Parameters parameters,
        List<CertificateSource> certificates,
        ValidationSource validation,
        List<String> alpnProtocols,
        Optional<KeyLog> keyLog) {
    public CommonTlsConfig {
        certificates = List.copyOf(certificates);
        alpnProtocols = List.copyOf(alpnProtocols);
    }

    /** The secrets that are to be asked for. */
    public List<ResourceReference> secrets() {
        var all = new ArrayList<ResourceReference>();
        for (CertificateSource each : certificates) {
            if (each instanceof CertificateSource.Secret(var reference)) {
                all.add(reference);
            }
        }
        if (validation instanceof ValidationSource.Secret(var reference, _)) {
            all.add(reference);
        }
        return all;
    }

    /** Versions of the protocol. */
    public enum Version {
        TLS_1_0,
        TLS_1_1,
        TLS_1_2,
        TLS_1_3
    }

    /**
     * {@code TlsParameters} with the side's defaults.
     *
     * @param cipherSuites of TLS 1.2 and before, as BoringSSL's rule string
     * @param curves in order of preference
     */
    public record Parameters(
            Version minimum, Version maximum, String cipherSuites, List<String> curves) {
        public Parameters {
            curves = List.copyOf(curves);
        }
    }

    /** Where one own certificate is from. */
    public sealed interface CertificateSource {
        /** In the configuration itself. */
        record Inline(CertificateConfig certificate) implements CertificateSource {}

        record Secret(ResourceReference reference) implements CertificateSource {}
    }

    /**
     * {@code TlsCertificate}, read.
     *
     * @param path of the certificates' file, or {@code <inline>}
     * @param name of the secret it is; empty where it is none
     */
    public record CertificateConfig(CertificateChain chain, String path, String name)
            implements SecretConfig {
        @Override
        public CertificateConfig named(String secret) {
            return new CertificateConfig(chain, path, secret);
        }
    }

    /** Where it is said what the peer must show. */
    public sealed interface ValidationSource {
        /** Nothing is asked of the peer. */
        record None() implements ValidationSource {}

        record Inline(PeerValidationConfig validation) implements ValidationSource {}

        /**
         * What a secret says, added to what is said here (MT4).
         *
         * @param base absent where the secret says all
         */
        record Secret(ResourceReference reference, Optional<PeerValidationConfig> base)
                implements ValidationSource {}
    }

    /**
     * {@code key_log}.
     *
     * @param localAddresses empty for all
     * @param remoteAddresses empty for all
     */
    public record KeyLog(
            String path, List<CidrRange> localAddresses, List<CidrRange> remoteAddresses) {
        public KeyLog {
            localAddresses = List.copyOf(localAddresses);
            remoteAddresses = List.copyOf(remoteAddresses);
        }
    }
}
