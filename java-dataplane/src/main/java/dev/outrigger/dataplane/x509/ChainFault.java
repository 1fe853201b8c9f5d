// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.x509;

/**
 * Why a chain is not to be trusted: BoringSSL's {@code X509_V_ERR_*} with their numbers and texts.
 */
public enum ChainFault {
    UNSPECIFIED(1, "Unspecified certificate verification error"),
    UNABLE_TO_GET_ISSUER_CERT(2, "unable to get issuer certificate"),
    UNABLE_TO_GET_CRL(3, "unable to get certificate CRL"),
    CERT_SIGNATURE_FAILURE(7, "certificate signature failure"),
    CRL_SIGNATURE_FAILURE(8, "CRL signature failure"),
    CERT_NOT_YET_VALID(9, "certificate is not yet valid"),
    CERT_HAS_EXPIRED(10, "certificate has expired"),
    CRL_NOT_YET_VALID(11, "CRL is not yet valid"),
    CRL_HAS_EXPIRED(12, "CRL has expired"),
    DEPTH_ZERO_SELF_SIGNED_CERT(18, "self signed certificate"),
    SELF_SIGNED_CERT_IN_CHAIN(19, "self signed certificate in certificate chain"),
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY(20, "unable to get local issuer certificate"),
    CERT_CHAIN_TOO_LONG(22, "certificate chain too long"),
    CERT_REVOKED(23, "certificate revoked"),
    INVALID_CA(24, "invalid CA certificate"),
    PATH_LENGTH_EXCEEDED(25, "path length constraint exceeded"),
    INVALID_PURPOSE(26, "unsupported certificate purpose"),
    UNHANDLED_CRITICAL_EXTENSION(34, "unhandled critical extension"),
    KEYUSAGE_NO_CRL_SIGN(35, "key usage does not include CRL signing"),
    UNHANDLED_CRITICAL_CRL_EXTENSION(36, "unhandled critical CRL extension"),
    DIFFERENT_CRL_SCOPE(44, "Different CRL scope"),
    PERMITTED_VIOLATION(47, "permitted subtree violation"),
    EXCLUDED_VIOLATION(48, "excluded subtree violation");

    private static final String REVOCATION =
            "certificate revocation check against provided CRLs failed: ";

    private final int code;
    private final String text;

    ChainFault(int code, String text) {
        this.code = code;
        this.text = text;
    }

    /** Envoy says so of these four; a list that is no good is told as BoringSSL tells it. */
    boolean isOfRevocation() {
        return this == UNABLE_TO_GET_CRL
                || this == CRL_NOT_YET_VALID
                || this == CRL_HAS_EXPIRED
                || this == CERT_REVOKED;
    }

    /** BoringSSL's number, from which it derives the alert. */
    public int code() {
        return code;
    }

    /** In Envoy's words. */
    public String text() {
        return isOfRevocation() ? REVOCATION + text : text;
    }
}
