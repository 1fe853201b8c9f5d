// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What comes first on a connection, byte by byte, where it is no whole hello (row D54). */
final class RawHello {
    /** The listener that waits for handshakes no longer than a moment. */
    static final String BRIEF = "brief";

    private static final int PATIENCE_MILLIS = 8_000;
    private static final String HALF = "16030100c8010000c40303" + "11".repeat(20);

    private RawHello() {}

    /** By a name that begins with the listener's. */
    static Map<String, String> all() {
        var all = new LinkedHashMap<String, String>();
        all.put("basic: D54 hello of 16 MiB", "160301400001ffffff" + "00".repeat(16_380));
        all.put("basic: D54 record of 64 KiB", "160301ffff01000000");
        all.put("basic: D54 half a hello and the end", HALF);
        all.put("brief: D54 half a hello", HALF);
        all.put("brief: D54 silence", "");
        all.put("basic: D54 alert", "15030100020228");
        all.put("basic: D54 data", "170303000100");
        all.put("basic: D54 version of SSL 2", "802e0100020015");
        all.put("basic: D54 empty records", "1603010000".repeat(40));
        all.put("basic: D54 warnings", "15030100020164".repeat(6));
        // Behind an inspector, which has looked at it before.
        for (var each : List.copyOf(all.entrySet())) {
            if (each.getKey().startsWith("basic")) {
                all.put(each.getKey().replace("basic", "inspected"), each.getValue());
            }
        }
        return all;
    }

    /** What the proxy says to it, until it closes. */
    static String play(String name, String hex, int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(HexFormat.of().parseHex(hex));
            if (name.endsWith("the end")) {
                socket.shutdownOutput();
            }
            return HexFormat.of().formatHex(socket.getInputStream().readAllBytes());
        } catch (IOException e) {
            return e.getClass().getSimpleName() + ": " + e.getMessage();
        }
    }
}
