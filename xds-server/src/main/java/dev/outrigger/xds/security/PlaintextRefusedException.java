// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.security;

import java.io.IOException;
import java.net.InetSocketAddress;

/** The xDS port would be plaintext where others can reach it, and nobody said that it may. */
public final class PlaintextRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    PlaintextRefusedException(InetSocketAddress address) {
        super(
                "xDS on "
                        + address.getHostString()
                        + ":"
                        + address.getPort()
                        + " would be plaintext, and whoever reaches it reads all configuration");
    }
}
