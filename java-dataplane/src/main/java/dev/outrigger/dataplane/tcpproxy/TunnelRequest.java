// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tcpproxy;

import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.accesslog.FormatString;
import dev.outrigger.dataplane.config.TcpProxyConfig.Tunnel;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.Method;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.WireText;
import dev.outrigger.dataplane.route.HeaderEditor;
import java.util.List;

/** The request that asks an upstream for a tunnel, compiled. Immutable. */
final class TunnelRequest {
    private static final byte[] NO_PATH = {};

    private final boolean usePost;
    private final byte[] path;
    private final FormatString hostname;
    private final HeaderEditor headers;

    TunnelRequest(Tunnel config) {
        usePost = config.usePost();
        path = config.usePost() ? WireText.bytes(config.postPath()) : NO_PATH;
        hostname = FormatString.parse(config.hostname(), true);
        headers = HeaderEditor.of(List.of(config.headers()));
    }

    /** The head for one connection. */
    RequestHead head(FormatContext context) {
        var head = new RequestHead();
        head.make(usePost ? Method.POST : Method.CONNECT, path);
        head.headers().add(KnownHeader.HOST, Ascii.bytes(hostname.render(context)));
        headers.apply(head.headers(), context);
        return head;
    }
}
