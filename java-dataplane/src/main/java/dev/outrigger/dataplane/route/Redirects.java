// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.config.RouteActionConfig.Redirect;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.RequestHead;

/** Where a redirect leads (J1..J3). */
public final class Redirects {
    private Redirects() {}

    /** The {@code location} of a redirect for this request, whose path was rewritten before. */
    public static String location(Redirect redirect, Route route, RequestHead head) {
        if (route.isToTls()) {
            return "https://" + head.authority() + head.path();
        }
        String proto = head.headers().text(KnownHeader.X_FORWARDED_PROTO);
        String current = proto == null || proto.isEmpty() ? "http" : proto;
        // Not the header's word, which may be anything (X3).
        String scheme = head.scheme();
        if (redirect.httpsRedirect()) {
            scheme = "https";
        } else if (!redirect.schemeRedirect().isEmpty()) {
            scheme = redirect.schemeRedirect();
        }
        return scheme
                + "://"
                + host(redirect, head, current, !scheme.equals(current))
                + path(redirect, head.path());
    }

    private static String host(
            Redirect redirect, RequestHead head, String current, boolean schemeChanges) {
        String port = redirect.portRedirect() == 0 ? "" : ":" + redirect.portRedirect();
        if (!redirect.hostRedirect().isEmpty()) {
            return redirect.hostRedirect() + port;
        }
        String authority = head.authority();
        byte[] bytes = Ascii.bytes(authority);
        int hostLength = Routes.withoutPort(bytes, 0, bytes.length);
        String had = authority.substring(hostLength);
        boolean defaultPort =
                (current.equals("http") && had.equals(":80"))
                        || (current.equals("https") && had.equals(":443"));
        boolean drop = !port.isEmpty() || (schemeChanges && defaultPort);
        return (drop ? authority.substring(0, hostLength) : authority) + port;
    }

    private static String path(Redirect redirect, String current) {
        if (redirect.pathRedirect().indexOf('?') >= 0) {
            return redirect.pathRedirect();
        }
        int question = current.indexOf('?');
        String query = question < 0 || redirect.stripQuery() ? "" : current.substring(question);
        if (!redirect.pathRedirect().isEmpty()) {
            return redirect.pathRedirect() + query;
        }
        return (question < 0 ? current : current.substring(0, question)) + query;
    }
}
