// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.CommonTlsConfig.Parameters;
import dev.outrigger.dataplane.config.CommonTlsConfig.Version;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters.TlsProtocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** {@code TlsParameters} (TL1), and whether BoringSSL knows the names in it. */
final class TlsParametersParser {
    /** In order of preference; those in brackets are equal, so that the client chooses. */
    private static final String DEFAULT_CIPHERS =
            "[ECDHE-ECDSA-AES128-GCM-SHA256|ECDHE-ECDSA-CHACHA20-POLY1305]:"
                    + "[ECDHE-RSA-AES128-GCM-SHA256|ECDHE-RSA-CHACHA20-POLY1305]:"
                    + "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:";

    private static final List<String> DEFAULT_CURVES = List.of("X25519MLKEM768", "X25519", "P-256");

    private static final Set<String> CIPHERS =
            Set.of(
                    "ECDHE-ECDSA-AES128-GCM-SHA256",
                    "ECDHE-ECDSA-AES256-GCM-SHA384",
                    "ECDHE-ECDSA-CHACHA20-POLY1305",
                    "ECDHE-PSK-CHACHA20-POLY1305",
                    "ECDHE-RSA-AES128-GCM-SHA256",
                    "ECDHE-RSA-AES256-GCM-SHA384",
                    "ECDHE-RSA-CHACHA20-POLY1305",
                    "AES128-GCM-SHA256",
                    "AES256-GCM-SHA384",
                    "AES128-SHA",
                    "AES256-SHA",
                    "DES-CBC3-SHA",
                    "ECDHE-ECDSA-AES128-SHA",
                    "ECDHE-ECDSA-AES256-SHA",
                    "ECDHE-PSK-AES128-CBC-SHA",
                    "ECDHE-PSK-AES256-CBC-SHA",
                    "ECDHE-RSA-AES128-SHA",
                    "ECDHE-RSA-AES256-SHA",
                    "ECDHE-RSA-AES128-SHA256",
                    "ECDHE-ECDSA-AES128-SHA256",
                    "ECDHE-RSA-AES256-SHA384",
                    "ECDHE-ECDSA-AES256-SHA384",
                    "PSK-AES128-CBC-SHA",
                    "PSK-AES256-CBC-SHA",
                    "TLS_RSA_WITH_AES_128_GCM_SHA256",
                    "TLS_RSA_WITH_AES_256_GCM_SHA384",
                    "TLS_RSA_WITH_AES_128_CBC_SHA",
                    "TLS_RSA_WITH_AES_256_CBC_SHA",
                    "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
                    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
                    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
                    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
                    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
                    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
                    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
                    "ALL",
                    "HIGH",
                    "FIPS",
                    "SHA",
                    "SHA1",
                    "kRSA",
                    "kECDHE",
                    "kEECDH",
                    "kPSK",
                    "aRSA",
                    "aECDSA",
                    "aPSK",
                    "ECDHE",
                    "EECDH",
                    "ECDSA",
                    "PSK",
                    "RSA",
                    "3DES",
                    "AES",
                    "AES128",
                    "AES256",
                    "AESGCM",
                    "CHACHA20",
                    "TLSv1",
                    "TLSv1.2",
                    "SSLv3");

    private static final Set<String> CURVES =
            Set.of(
                    "P-256",
                    "P-384",
                    "P-521",
                    "X25519",
                    "X25519MLKEM768",
                    "X25519Kyber768Draft00",
                    "prime256v1",
                    "secp384r1",
                    "secp521r1",
                    "x25519");

    private TlsParametersParser() {}

    static Parameters parse(
            TlsParameters proto, boolean downstream, String path, Findings findings) {
        String ciphers = String.join(":", proto.getCipherSuitesList());
        if (!ciphers.isEmpty()) {
            checkCiphers(ciphers, FieldPaths.join(path, "cipher_suites"), findings);
        }
        List<String> curves = proto.getEcdhCurvesList();
        // Entries may themselves be lists.
        var names =
                curves.isEmpty()
                        ? DEFAULT_CURVES
                        : List.of(String.join(":", curves).split(":", -1));
        if (!CURVES.containsAll(names)) {
            findings.invalid(
                    FieldPaths.join(path, "ecdh_curves"),
                    String.join(":", curves),
                    "Failed to initialize ECDH curves " + String.join(":", curves));
        }
        return new Parameters(
                version(proto.getTlsMinimumProtocolVersion(), Version.TLS_1_2),
                version(
                        proto.getTlsMaximumProtocolVersion(),
                        downstream ? Version.TLS_1_3 : Version.TLS_1_2),
                ciphers.isEmpty() ? DEFAULT_CIPHERS : ciphers,
                names);
    }

    private static Version version(TlsProtocol proto, Version byDefault) {
        return switch (proto) {
            case TLSv1_0 -> Version.TLS_1_0;
            case TLSv1_1 -> Version.TLS_1_1;
            case TLSv1_2 -> Version.TLS_1_2;
            case TLSv1_3 -> Version.TLS_1_3;
            case TLS_AUTO, UNRECOGNIZED -> byDefault;
        };
    }

    private static void checkCiphers(String rule, String path, Findings findings) {
        var bad = new ArrayList<String>();
        for (String part : rule.split("[:+!\\[|\\]]", -1)) {
            String name = part.startsWith("-") ? part.substring(1) : part;
            if (!name.isEmpty() && !CIPHERS.contains(name)) {
                bad.add(name);
            }
        }
        if (!bad.isEmpty()) {
            findings.invalid(
                    path,
                    rule,
                    "Failed to initialize cipher suites "
                            + rule
                            + ". The following ciphers were rejected when tried individually: "
                            + String.join(", ", bad));
        }
    }
}
