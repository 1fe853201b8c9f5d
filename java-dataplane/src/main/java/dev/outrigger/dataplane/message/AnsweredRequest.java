// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

/** What of a request decides how its response is framed (E9). Reused; confined to its loop. */
public final class AnsweredRequest {
    private boolean head;
    private boolean connect;
    private boolean http10;

    /** Nothing is known of the request yet. */
    public void reset() {
        head = false;
        connect = false;
        http10 = false;
    }

    public void set(RequestHead request) {
        head = request.method() == Method.HEAD;
        connect = request.method() == Method.CONNECT;
        http10 = request.isHttp10();
    }

    /** All that is known is its version. */
    public void setHttp10() {
        http10 = true;
    }

    public boolean isHead() {
        return head;
    }

    public boolean isConnect() {
        return connect;
    }

    public boolean isHttp10() {
        return http10;
    }
}
