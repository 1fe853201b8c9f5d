// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds;

import dev.outrigger.xds.ControlPlaneOptions.Listen;
import java.io.IOException;

/** A socket of the control plane cannot be opened, mostly because somebody else has the port. */
public final class CannotListenException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Socket socket;
    private final transient Listen address;

    CannotListenException(Socket socket, Listen address, Throwable cause) {
        super(
                "Cannot listen on " + address + " for " + socket.purpose() + ": " + reason(cause),
                cause);
        this.socket = socket;
        this.address = address;
    }

    /** Which of the control plane's sockets. */
    public enum Socket {
        REST("the REST API"),
        ADMIN("health and metrics"),
        XDS("xDS");

        private final String purpose;

        Socket(String purpose) {
            this.purpose = purpose;
        }

        String purpose() {
            return purpose;
        }
    }

    public Socket socket() {
        return socket;
    }

    public Listen address() {
        return address;
    }

    /** The innermost message: the system's own words. */
    private static String reason(Throwable cause) {
        var innermost = cause;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        return String.valueOf(innermost.getMessage());
    }
}
