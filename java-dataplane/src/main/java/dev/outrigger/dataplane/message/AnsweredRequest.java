// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

/** What of a request decides how its response is framed (E9). Reused; confined to its loop. */
public final class AnsweredRequest {
    private boolean head;
    private boolean connect;
    private boolean http10;
    private boolean refusedHead;
    private boolean refusedOldHead;

    /** Nothing is known of the request yet. */
    public void reset() {
        head = false;
        connect = false;
        http10 = false;
        refusedHead = false;
        refusedOldHead = false;
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

    /**
     * It is a HEAD that the codec refused when it knew the method: only the length of an answer
     * without a body is told otherwise, a body is sent.
     *
     * @param old whether it came as HTTP/1.0
     */
    public void setRefusedHead(boolean old) {
        refusedHead = true;
        refusedOldHead = old;
    }

    /** Whether an answer without a body does not say so with a length. */
    boolean isLengthUntold() {
        return head || refusedHead;
    }

    /** Whether an answer without a length does not say either that it is in chunks. */
    boolean isChunkingUntold() {
        return http10 || refusedOldHead;
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
