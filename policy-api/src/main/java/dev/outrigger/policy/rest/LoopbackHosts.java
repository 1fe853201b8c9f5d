// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import dev.outrigger.policy.kind.field.Hosts;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.util.Locale;

/**
 * On a loopback socket, accepts only requests addressed to {@code localhost} or an IP address. A
 * page of a foreign site whose name was re-bound to 127.0.0.1 would otherwise reach an API that
 * asks for no credentials.
 */
final class LoopbackHosts implements Filter {
    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        if (!isLocal(request.authority())) {
            throw Problem.of(
                            421,
                            "Misdirected request",
                            "This address is for this machine only: use localhost or 127.0.0.1.")
                    .raise();
        }
        chain.proceed();
    }

    static boolean isLocal(String authority) {
        String host = authority.toLowerCase(Locale.ROOT);
        if (host.startsWith("[")) {
            int end = host.indexOf(']');
            return end > 0 && Hosts.parse(host.substring(1, end)).isPresent();
        }
        int colon = host.lastIndexOf(':');
        String name = colon < 0 ? host : host.substring(0, colon);
        return name.equals("localhost") || Hosts.parse(name).isPresent();
    }
}
