// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import io.netty.util.NetUtil;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request says of the host's TLS ({@code auto_sni}, {@code auto_san_validation}):
 * connections for one name are not used for another.
 *
 * @param serverName asked for; empty: what the cluster says
 * @param anyName of which the certificate must have one; empty: what the cluster says
 */
public record PeerName(String serverName, List<String> anyName) {
    public PeerName {
        anyName = List.copyOf(anyName);
    }

    /**
     * Takes it from an authority as requests have it; {@code null} where there is nothing to say.
     * An address is never asked for, though it may be validated.
     */
    public static @Nullable PeerName of(
            String authority, boolean autoSni, boolean autoSanValidation) {
        String host = withoutPort(authority);
        boolean address = NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
        String asked = autoSni && !address ? host : "";
        List<String> wanted = autoSanValidation ? List.of(host) : List.of();
        return asked.isEmpty() && wanted.isEmpty() ? null : new PeerName(asked, wanted);
    }

    private static String withoutPort(String authority) {
        if (authority.startsWith("[")) {
            int end = authority.indexOf(']');
            return end < 0 ? authority : authority.substring(1, end);
        }
        int colon = authority.indexOf(':');
        return colon < 0 || colon != authority.lastIndexOf(':')
                ? authority
                : authority.substring(0, colon);
    }
}
