// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.SecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.GenericSecret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;

/** {@code envoy.extensions.transport_sockets.tls.v3.Secret}, as it comes over SDS. */
public final class SecretParser {
    private static final SupportedFields GENERIC = SupportedFields.of(GenericSecret.class);

    static final SupportedFields SECRET =
            SupportedFields.of(Secret.class).obeyed("name").nested("generic_secret", () -> GENERIC);

    private SecretParser() {}

    public static Parsed<SecretConfig> parse(Secret proto, ParseContext context) {
        var findings = new Findings(context);
        findings.checkResource(proto, SECRET);
        return findings.result(() -> new SecretConfig.Generic(""));
    }
}
