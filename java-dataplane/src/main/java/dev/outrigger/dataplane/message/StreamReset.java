// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

/** Why an upstream stream ended without a complete response: Envoy's words and flag (Y7, Y8). */
public enum StreamReset {
    LOCAL_CONNECTION_FAILURE(
            "local connection failure", ResponseFlag.UPSTREAM_CONNECTION_FAILURE, 503),
    REMOTE_CONNECTION_FAILURE(
            "remote connection failure", ResponseFlag.UPSTREAM_CONNECTION_FAILURE, 503),
    CONNECTION_TIMEOUT("connection timeout", ResponseFlag.UPSTREAM_CONNECTION_FAILURE, 503),
    CONNECTION_TERMINATION(
            "connection termination", ResponseFlag.UPSTREAM_CONNECTION_TERMINATION, 503),
    LOCAL_RESET("local reset", ResponseFlag.LOCAL_RESET, 503),
    OVERFLOW("overflow", ResponseFlag.UPSTREAM_OVERFLOW, 503),
    REMOTE_RESET("remote reset", ResponseFlag.UPSTREAM_REMOTE_RESET, 503),
    REMOTE_REFUSED("remote refused stream reset", ResponseFlag.UPSTREAM_REMOTE_RESET, 503),
    CONNECT_ERROR("remote error with CONNECT request", ResponseFlag.UPSTREAM_REMOTE_RESET, 503),
    PROTOCOL_ERROR("protocol error", ResponseFlag.UPSTREAM_PROTOCOL_ERROR, 502);

    private final String text;
    private final String underscored;
    private final ResponseFlag flag;
    private final int status;

    StreamReset(String text, ResponseFlag flag, int status) {
        this.text = text;
        this.underscored = text.replace(' ', '_');
        this.flag = flag;
        this.status = status;
    }

    public String text() {
        return text;
    }

    /** The form response code details use. */
    public String underscored() {
        return underscored;
    }

    public ResponseFlag flag() {
        return flag;
    }

    /** The status of the local reply when it was the last attempt. */
    public int status() {
        return status;
    }

    public boolean isConnectFailure() {
        return this == LOCAL_CONNECTION_FAILURE
                || this == REMOTE_CONNECTION_FAILURE
                || this == CONNECTION_TIMEOUT;
    }
}
