// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The header names of one message as its sender wrote them: {@code preserve_case}. Of names that
 * differ only in case the first one counts. Reused; confined to its event loop.
 */
public final class OriginalNames implements HeaderKeyFormat {
    private final boolean properCaseForOthers;
    private byte[] names = new byte[256];
    private int[] ends = new int[16];
    private int count;
    private byte @Nullable [] reason;

    /**
     * @param properCaseForOthers whether names that the sender did not write look like {@code
     *     Content-Type} rather than {@code content-type}
     */
    public OriginalNames(boolean properCaseForOthers) {
        this.properCaseForOthers = properCaseForOthers;
    }

    /** Begins a message. */
    void reset() {
        count = 0;
        reason = null;
    }

    /** Keeps a response's reason phrase as well: {@code forward_reason_phrase}. */
    void setReason(byte[] phrase) {
        reason = phrase;
    }

    /** The reason phrase to forward, or {@code null}. */
    byte @Nullable [] reason() {
        return reason;
    }

    /** Remembers a name before it is lowered. */
    void add(byte[] data, int offset, int length) {
        int start = count == 0 ? 0 : ends[count - 1];
        if (names.length - start < length) {
            names = Arrays.copyOf(names, Math.max(names.length * 2, start + length));
        }
        if (ends.length == count) {
            ends = Arrays.copyOf(ends, count * 2);
        }
        System.arraycopy(data, offset, names, start, length);
        ends[count++] = start + length;
    }

    @Override
    public void apply(byte[] buffer, int offset, int length) {
        int start = 0;
        for (int i = 0; i < count; i++) {
            int end = ends[i];
            if (end - start == length && isName(start, buffer, offset, length)) {
                System.arraycopy(names, start, buffer, offset, length);
                return;
            }
            start = end;
        }
        if (properCaseForOthers) {
            ProperCase.INSTANCE.apply(buffer, offset, length);
        }
    }

    private boolean isName(int start, byte[] lower, int offset, int length) {
        for (int i = 0; i < length; i++) {
            if (Ascii.lower(names[start + i]) != lower[offset + i]) {
                return false;
            }
        }
        return true;
    }
}
