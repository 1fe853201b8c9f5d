// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

/**
 * Nonces of one stream. The prefix differs from every other stream's, also of an earlier run, so
 * that a nonce from elsewhere is never taken for one of ours. Confined to its stream.
 */
final class Nonces {
    private final String prefix;
    private long last;

    Nonces(String prefix) {
        this.prefix = prefix;
    }

    String next() {
        last++;
        return prefix + "-" + last;
    }
}
