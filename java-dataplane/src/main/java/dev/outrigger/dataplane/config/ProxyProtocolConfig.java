// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import dev.outrigger.dataplane.config.ListenerFiltersConfig.PassThroughTlvs;
import java.util.List;

/**
 * {@code envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport}:
 * hosts are told on whose behalf a connection is made, before anything else.
 *
 * @param version 1 or 2
 * @param passThrough which TLVs of the client's own header go on; version 2 only
 * @param added TLVs that are said besides; version 2 only
 */
public record ProxyProtocolConfig(int version, PassThroughTlvs passThrough, List<ProxyTlv> added) {
    public ProxyProtocolConfig {
        added = List.copyOf(added);
    }
}
