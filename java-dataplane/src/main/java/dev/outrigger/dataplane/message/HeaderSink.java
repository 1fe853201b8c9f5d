// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

/** Who is told the fields of a header block, in their order. */
@FunctionalInterface
public interface HeaderSink {
    /**
     * One field. The arrays are the decoder's and must not be kept.
     *
     * @param name as it was sent, in whatever case
     */
    void field(
            byte[] name,
            int nameOffset,
            int nameLength,
            byte[] value,
            int valueOffset,
            int valueLength);
}
