// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

/** What of a request decides how its response is framed (E9). Reused; confined to its loop. */
public final class AnsweredRequest {
    private boolean head;
    private boolean connect;
    private boolean http10;
    private boolean oldHead;

    /** Nothing is known of the request yet. */
    public void reset() {
        head = false;
        connect = false;
        http10 = false;
        oldHead = false;
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

    /** It is a HEAD in a version that is refused: nothing is said of a body where there is none. */
    public void setOldHead() {
        oldHead = true;
    }

    public boolean isOldHead() {
        return oldHead;
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
