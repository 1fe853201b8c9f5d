// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.als;

import static java.util.Map.entry;

import java.util.Map;

/** The numbers of cipher suites (IANA), by the names BoringSSL has for those it speaks. */
final class CipherSuites {
    /** What Envoy says where it knows no number. */
    static final int UNKNOWN = 0xffff;

    private static final Map<String, Integer> IDS =
            Map.ofEntries(
                    entry("DES-CBC3-SHA", 0x000a),
                    entry("AES128-SHA", 0x002f),
                    entry("AES256-SHA", 0x0035),
                    entry("PSK-AES128-CBC-SHA", 0x008c),
                    entry("PSK-AES256-CBC-SHA", 0x008d),
                    entry("AES128-GCM-SHA256", 0x009c),
                    entry("AES256-GCM-SHA384", 0x009d),
                    entry("TLS_AES_128_GCM_SHA256", 0x1301),
                    entry("TLS_AES_256_GCM_SHA384", 0x1302),
                    entry("TLS_CHACHA20_POLY1305_SHA256", 0x1303),
                    entry("ECDHE-ECDSA-AES128-SHA", 0xc009),
                    entry("ECDHE-ECDSA-AES256-SHA", 0xc00a),
                    entry("ECDHE-RSA-AES128-SHA", 0xc013),
                    entry("ECDHE-RSA-AES256-SHA", 0xc014),
                    entry("ECDHE-RSA-AES128-SHA256", 0xc027),
                    entry("ECDHE-ECDSA-AES128-GCM-SHA256", 0xc02b),
                    entry("ECDHE-ECDSA-AES256-GCM-SHA384", 0xc02c),
                    entry("ECDHE-RSA-AES128-GCM-SHA256", 0xc02f),
                    entry("ECDHE-RSA-AES256-GCM-SHA384", 0xc030),
                    entry("ECDHE-PSK-AES128-CBC-SHA", 0xc035),
                    entry("ECDHE-PSK-AES256-CBC-SHA", 0xc036),
                    entry("ECDHE-RSA-CHACHA20-POLY1305", 0xcca8),
                    entry("ECDHE-ECDSA-CHACHA20-POLY1305", 0xcca9),
                    entry("ECDHE-PSK-CHACHA20-POLY1305", 0xccac));

    private CipherSuites() {}

    static int id(String name) {
        return IDS.getOrDefault(name, UNKNOWN);
    }
}
