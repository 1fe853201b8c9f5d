// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.load;

import java.io.IOException;

/**
 * The {@link FixedAnswerServer} as a process of its own, so that it can be pinned and counted
 * apart.
 */
public final class FixedAnswerMain {

    private FixedAnswerMain() {}

    /** Takes the port and the size of the body in bytes. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            System.err.println("expected: <port> <body bytes>");
            System.exit(2);
            return;
        }
        try (var server =
                FixedAnswerServer.open(
                        Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]))) {
            server.serve();
        }
    }
}
