// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.config.UpgradeConfig;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.Method;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.route.Route;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The upgrade or CONNECT an exchange asks for (1.15): whether it is permitted, and how far it has
 * come. Reused; confined to its event loop.
 */
final class Upgrade {
    private static final String WEBSOCKET = "websocket";
    private static final String CONNECT = "connect";

    private enum State {
        /** The exchange is an ordinary one. */
        NONE,
        /** Asked for and permitted; the upstream has not answered. */
        ASKED,
        /** Bytes pass both ways. */
        OPEN,
        /** The upstream answered otherwise; what the client sends is of no use. */
        REFUSED
    }

    private State state = State.NONE;
    private @Nullable String type;
    private boolean connect;
    private boolean webSocket;

    /** The type a request asks for, in lower case; {@code null} for none. */
    static @Nullable String type(RequestHead head) {
        if (head.isUpgrade()) {
            HeaderBlock headers = head.headers();
            return Ascii.lower(headers.value(headers.find(KnownHeader.UPGRADE)));
        }
        return head.method() == Method.CONNECT ? CONNECT : null;
    }

    /** The route's word on a type counts before the connection manager's (W1). */
    static boolean isPermitted(
            String type, @Nullable Route route, Map<String, UpgradeConfig> manager) {
        Boolean permitted = route == null ? null : route.upgrade(type);
        if (permitted != null) {
            return permitted;
        }
        UpgradeConfig upgrade = manager.get(type);
        return upgrade != null && upgrade.enabled();
    }

    /** The exchange goes on as an upgrade of that type. */
    void begin(String asked) {
        state = State.ASKED;
        type = asked;
        connect = asked.equals(CONNECT);
        webSocket = asked.equals(WEBSOCKET);
    }

    boolean isActive() {
        return state != State.NONE;
    }

    /** The type that was permitted, in lower case; {@code null} for none. */
    @Nullable String type() {
        return type;
    }

    boolean isWebSocket() {
        return webSocket;
    }

    /** Whether the client's bytes must wait for the upstream's answer. */
    boolean isWaiting() {
        return state == State.ASKED;
    }

    boolean isRefused() {
        return state == State.REFUSED;
    }

    /**
     * Whether an answer below 400 is no handshake, so that only its head reaches the client (W3).
     */
    boolean failsHandshake(int status) {
        return state == State.ASKED && webSocket && status != 101 && status < 400;
    }

    /**
     * The upstream has answered.
     *
     * @return whether the tunnel is open from here on
     */
    boolean onAnswer(int status) {
        if (state != State.ASKED) {
            return false;
        }
        boolean agreed = isAgreement(status);
        state = agreed ? State.OPEN : State.REFUSED;
        return agreed;
    }

    /** Whether an upstream that answers so agrees to what was asked for. */
    boolean isAgreement(int status) {
        return state == State.ASKED && (connect ? status / 100 == 2 : status == 101);
    }

    /** Whether that answer opens the tunnel as far as logs are concerned: of 2xx only 200. */
    boolean isAgreed(int status) {
        return isActive() && status == (connect ? 200 : 101);
    }

    /** The exchange is over. */
    void end() {
        if (state == State.NONE) {
            return;
        }
        state = State.NONE;
        webSocket = false;
        connect = false;
        type = null;
    }

    /** The authority with its port, which routing does not see where ports are stripped (N2). */
    static byte[] authority(RequestHead head) {
        String host = head.headers().text(KnownHeader.HOST);
        return Ascii.bytes(host == null ? "" : host);
    }
}
