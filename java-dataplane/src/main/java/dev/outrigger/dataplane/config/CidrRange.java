// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.net.InetAddress;

/** An address range; {@code prefix} is already masked to {@code length} bits. */
public record CidrRange(InetAddress prefix, int length) {
    public CidrRange {
        int bits = prefix.getAddress().length * 8;
        if (length < 0 || length > bits) {
            throw new IllegalArgumentException(
                    "length: " + length + " (expected: 0.." + bits + ")");
        }
    }
}
