// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.RequestReader;
import io.netty.buffer.Unpooled;

/** A health check that asks over HTTP/2. What is asked is left to the kind of check. */
abstract class Http2HealthCheck extends ConnectedHealthCheck<Http2CheckConnection>
        implements Http2CheckConnection.Asker {
    /** Our own words are not held to limits. */
    private static final RequestReader.Options UNLIMITED =
            new RequestReader.Options(
                    1 << 20, 1000, true, true, false, true, RequestReader.Underscores.ALLOW);

    private final RequestReader request = new RequestReader(UNLIMITED);

    Http2HealthCheck(HealthChecker checker, Host host) {
        super(checker, host);
    }

    /** The request's head as HTTP/1 says it, one character for each byte. */
    abstract String request();

    /** The request's body. */
    abstract byte[] body();

    /** An answer is about to begin. */
    abstract void begin();

    @Override
    Http2CheckConnection newConnection() {
        return new Http2CheckConnection(checker.cluster, checker.mainContext, this);
    }

    @Override
    void onConnected(Http2CheckConnection opened) {
        askOn(opened);
    }

    @Override
    void askOn(Http2CheckConnection to) {
        begin();
        request.begin();
        request.read(Unpooled.wrappedBuffer(request().getBytes(ISO_8859_1)));
        RequestHead head = request.head();
        to.ask(head, body());
    }

    /** Whether an answer is waited for on a connection that is there. */
    boolean isAsking() {
        Http2CheckConnection current = current();
        return current != null && current.isAsked();
    }

    /** An answer was whole, or no more of it is wanted. */
    void answered() {
        Http2CheckConnection current = current();
        if (current == null) {
            return;
        }
        current.cancel();
        if (!checker.config.reuseConnection() || current.isLeaving()) {
            giveUp();
        }
    }

    @Override
    public void onBroken(Http2CheckConnection from, boolean waiting, boolean usable) {
        if (!isCurrent(from)) {
            // Given up before.
            return;
        }
        if (!usable) {
            onLost();
        } else if (!checker.config.reuseConnection()) {
            giveUp();
        }
        if (waiting) {
            failed(Failure.NETWORK, false, 0);
        }
    }
}
