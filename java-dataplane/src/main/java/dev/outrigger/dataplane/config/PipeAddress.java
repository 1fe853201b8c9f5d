// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.net.InetSocketAddress;

/**
 * Unix domain sockets where addresses are expected. An unresolved address without port stands for
 * one, so that everything that only keeps, compares and prints addresses need not know.
 */
public final class PipeAddress {
    /** What {@code sun_path} holds. */
    public static final int MAX_PATH_LENGTH = 108;

    private static final String SCHEME = "pipe:";

    private PipeAddress() {}

    /**
     * @param path a leading {@code @} stands for the abstract name space; empty for a peer without
     *     name
     */
    public static InetSocketAddress of(String path) {
        return InetSocketAddress.createUnresolved(SCHEME + path, 0);
    }

    public static boolean isPipe(InetSocketAddress address) {
        return address.isUnresolved() && address.getHostString().startsWith(SCHEME);
    }

    /** The path of an address that is one. */
    public static String path(InetSocketAddress address) {
        return address.getHostString().substring(SCHEME.length());
    }

    /** Whether the name is not one of the file system. */
    public static boolean isAbstract(String path) {
        return path.startsWith("@");
    }
}
