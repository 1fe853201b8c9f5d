// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.security;

import java.time.Duration;
import java.util.List;

/** How the xDS port is protected. Immutable. */
public sealed interface XdsSecurity {
    /** No certificates; refused beyond loopback. */
    XdsSecurity LOOPBACK_ONLY = new Plaintext(false);

    /**
     * @param anywhere also where others can reach it: whoever does reads all configuration
     */
    record Plaintext(boolean anywhere) implements XdsSecurity {}

    /**
     * Both sides show a certificate.
     *
     * @param rules of which one must let the client's node through
     * @param administrators identities that may ask for client status
     * @param reloadInterval after which the files are looked at again
     */
    record MutualTls(
            TlsFiles files,
            List<IdentityRule> rules,
            List<String> administrators,
            Duration reloadInterval)
            implements XdsSecurity {
        public static final Duration RELOAD_INTERVAL = Duration.ofSeconds(10);

        public MutualTls {
            rules = List.copyOf(rules);
            administrators = List.copyOf(administrators);
            if (rules.isEmpty()) {
                throw new IllegalArgumentException("rules: none (expected: at least one)");
            }
        }
    }
}
