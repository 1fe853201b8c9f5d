// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the connection manager tells the upstream about the caller and the connection, beyond {@code
 * x-forwarded-for} by the peer's address (1.5, 1.8).
 *
 * @param certificateDetails in the order they are told
 * @param schemeOverwrite {@code scheme_to_overwrite}; empty for none
 * @param matchUpstream whether the request's scheme becomes that of the connection to its first
 *     host
 * @param addUserAgent whether the request names this proxy's service (X8)
 * @param ipv4AsIpv6 whether IPv4 addresses of callers are written as IPv6-mapped ones
 * @param originalIpDetection asked one after the other until one knows the caller's address
 * @param earlyHeaderMutations made before everything else, one list after the other
 * @param proxyStatus how clients are told what went wrong; absent: not at all (X5)
 */
public record ForwardingConfig(
        ClientCertificate clientCertificate,
        List<CertificateDetail> certificateDetails,
        String schemeOverwrite,
        boolean matchUpstream,
        boolean appendXForwardedPort,
        boolean addUserAgent,
        boolean ipv4AsIpv6,
        List<OriginalIpDetection> originalIpDetection,
        List<List<HeaderChange>> earlyHeaderMutations,
        Optional<ProxyStatus> proxyStatus) {
    public static final ForwardingConfig DEFAULT =
            new ForwardingConfig(
                    ClientCertificate.SANITIZE,
                    List.of(),
                    "",
                    false,
                    false,
                    false,
                    false,
                    List.of(),
                    List.of(),
                    Optional.empty());

    public ForwardingConfig {
        certificateDetails = List.copyOf(certificateDetails);
        originalIpDetection = List.copyOf(originalIpDetection);
        earlyHeaderMutations = List.copyOf(earlyHeaderMutations);
    }

    /** {@code forward_client_cert_details} (F1). */
    public enum ClientCertificate {
        SANITIZE,
        FORWARD_ONLY,
        APPEND_FORWARD,
        SANITIZE_SET,
        ALWAYS_FORWARD_ONLY
    }

    /** What of the certificate is told beside its hash (F2). */
    public enum CertificateDetail {
        CERT,
        CHAIN,
        SUBJECT,
        URI,
        DNS
    }

    /**
     * {@code proxy_status_config} (RFC 9209).
     *
     * @param name of this proxy
     * @param setRecommendedResponseCode whether the status becomes what the RFC recommends
     */
    public record ProxyStatus(
            ProxyName name,
            boolean removeDetails,
            boolean removeResponseFlags,
            boolean setRecommendedResponseCode) {}

    /** What a proxy calls itself in {@code proxy-status}. */
    public sealed interface ProxyName {
        /** The name in its {@code server} header. */
        record Server() implements ProxyName {}

        /** The node's id. */
        record NodeId() implements ProxyName {}

        record Literal(String text) implements ProxyName {}
    }

    /** A way to learn the caller's address other than by the peer. */
    public sealed interface OriginalIpDetection {
        /**
         * {@code x-forwarded-for}.
         *
         * @param trustedHops how many entries from the right are trusted proxies
         * @param trustedCidrs skips entries of these ranges instead; empty when not configured
         * @param skipAppend whether the peer is not appended to the header
         */
        record Xff(int trustedHops, List<CidrRange> trustedCidrs, boolean skipAppend)
                implements OriginalIpDetection {
            public Xff {
                trustedCidrs = List.copyOf(trustedCidrs);
            }
        }

        /**
         * A header that holds the address alone.
         *
         * @param header in lower case
         * @param allowTrusted whether such an address can make a request internal
         * @param rejectStatus answered when the header holds none; absent: the request goes on
         */
        record CustomHeader(String header, boolean allowTrusted, OptionalInt rejectStatus)
                implements OriginalIpDetection {}
    }
}
