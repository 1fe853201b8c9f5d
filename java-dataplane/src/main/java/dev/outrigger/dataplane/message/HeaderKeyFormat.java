// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

/**
 * How header names look on the wire, which is lower case without one (E8). A format changes letter
 * case only, so it works in place.
 */
public sealed interface HeaderKeyFormat permits HeaderKeyFormat.ProperCase, OriginalNames {
    /** Changes the lower-case name at that range. */
    void apply(byte[] buffer, int offset, int length);

    /** {@code proper_case_words}: {@code content-type} becomes {@code Content-Type}. */
    enum ProperCase implements HeaderKeyFormat {
        INSTANCE;

        @Override
        public void apply(byte[] buffer, int offset, int length) {
            boolean begins = true;
            for (int i = offset; i < offset + length; i++) {
                byte b = buffer[i];
                if (begins && b >= 'a' && b <= 'z') {
                    buffer[i] = (byte) (b - 32);
                }
                begins = !Character.isLetterOrDigit(b);
            }
        }
    }
}
