// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

/** Why something is being logged ({@code %ACCESS_LOG_TYPE%}). */
public enum AccessLogType {
    NOT_SET("NotSet"),
    DOWNSTREAM_START("DownstreamStart"),
    DOWNSTREAM_PERIODIC("DownstreamPeriodic"),
    DOWNSTREAM_TUNNEL_SUCCESSFULLY_ESTABLISHED("DownstreamTunnelSuccessfullyEstablished"),
    DOWNSTREAM_END("DownstreamEnd"),
    UPSTREAM_POOL_READY("UpstreamPoolReady"),
    UPSTREAM_PERIODIC("UpstreamPeriodic"),
    UPSTREAM_END("UpstreamEnd"),
    TCP_UPSTREAM_CONNECTED("TcpUpstreamConnected"),
    TCP_PERIODIC("TcpPeriodic"),
    TCP_CONNECTION_END("TcpConnectionEnd");

    private final String text;

    AccessLogType(String text) {
        this.text = text;
    }

    /** Envoy's name. */
    public String text() {
        return text;
    }
}
