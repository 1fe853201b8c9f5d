// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.outrigger.dataplane.config.RouteActionConfig.Redirect;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.RequestHead;

/** Where a redirect leads (J1..J3). */
public final class Redirects {
    private Redirects() {}

    /** The {@code location} of a redirect for this request. */
    public static String location(Redirect redirect, Route route, RequestHead head) {
        String proto = head.headers().text(KnownHeader.X_FORWARDED_PROTO);
        String current = proto == null || proto.isEmpty() ? "http" : proto;
        String scheme = current;
        if (redirect.httpsRedirect()) {
            scheme = "https";
        } else if (!redirect.schemeRedirect().isEmpty()) {
            scheme = redirect.schemeRedirect();
        }
        String path = path(redirect, route, head);
        return scheme + "://" + host(redirect, head, current, !scheme.equals(current)) + path;
    }

    private static String host(
            Redirect redirect, RequestHead head, String current, boolean schemeChanges) {
        String authority = head.authority();
        byte[] bytes = Ascii.bytes(authority);
        int hostLength = Routes.withoutPort(bytes, 0, bytes.length);
        String port = authority.substring(hostLength);
        String host =
                redirect.hostRedirect().isEmpty()
                        ? authority.substring(0, hostLength)
                        : redirect.hostRedirect();
        if (redirect.portRedirect() != 0) {
            return host + ':' + redirect.portRedirect();
        }
        if (!redirect.hostRedirect().isEmpty()) {
            return host;
        }
        boolean defaultPort =
                (current.equals("http") && port.equals(":80"))
                        || (current.equals("https") && port.equals(":443"));
        return schemeChanges && defaultPort ? host : host + port;
    }

    private static String path(Redirect redirect, Route route, RequestHead head) {
        String original = head.path();
        int question = original.indexOf('?');
        String query = question < 0 ? "" : original.substring(question);
        if (redirect.stripQuery()) {
            query = "";
        }
        if (!redirect.pathRedirect().isEmpty()) {
            return redirect.pathRedirect().indexOf('?') >= 0
                    ? redirect.pathRedirect()
                    : redirect.pathRedirect() + query;
        }
        String path = original;
        if (!redirect.prefixRewrite().isEmpty()) {
            path =
                    new String(
                            route.withPrefix(head, Ascii.bytes(redirect.prefixRewrite())),
                            ISO_8859_1);
        }
        int end = path.indexOf('?');
        return (end < 0 ? path : path.substring(0, end)) + query;
    }
}
