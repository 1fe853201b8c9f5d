// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.xdsclient;

import java.util.Arrays;

/**
 * Reads DeltaDiscoveryResponses off a gRPC stream as the bytes come, and keeps of them only what an
 * answer needs: type, nonce, how many resources, and whether one of them holds some marker.
 */
final class DeltaReader {
    private static final int RESOURCES = 2;
    private static final int TYPE_URL = 4;
    private static final int NONCE = 5;

    /** Larger resources are counted but not looked into. */
    private static final int CAPTURED = 4_096;

    private static final int PREFIX = 5;

    /** Where a complete response goes. */
    interface Sink {
        void response(Kind kind, byte[] nonce, int resources, boolean marked, int bytes);
    }

    /** Where all bytes of complete responses go, for a client that keeps them. */
    interface Copy {
        void bytes(byte[] from, int offset, int length);
    }

    private enum Step {
        PREFIX,
        TAG,
        LENGTH,
        VALUE
    }

    private final Sink sink;
    private Step step = Step.PREFIX;
    private int prefixRead;
    private int messageLength;
    private int messageLeft;
    private int field;
    private int length;
    private int shift;
    private int valueLeft;
    private byte[] captured = new byte[0];
    private int capturedLength;
    private byte[] type = new byte[0];
    private byte[] nonce = new byte[0];
    private int resources;
    private boolean marked;
    private byte[] marker = new byte[0];

    DeltaReader(Sink sink) {
        this.sink = sink;
    }

    /** What to look for from now on; empty for nothing. */
    void lookFor(byte[] newMarker) {
        marker = newMarker;
    }

    void read(byte[] from, int offset, int count, Copy copy) {
        int at = offset;
        int end = offset + count;
        while (at < end) {
            if (step == Step.PREFIX) {
                prefix(from[at++]);
            } else {
                int next = field(from, at, Math.min(end, at + messageLeft));
                copy.bytes(from, at, next - at);
                messageLeft -= next - at;
                at = next;
            }
            if (step != Step.PREFIX && messageLeft == 0) {
                complete();
            }
        }
    }

    private void prefix(byte next) {
        if (prefixRead++ > 0) { // The first byte says "not compressed".
            messageLength = (messageLength << 8) | (next & 0xFF);
        }
        if (prefixRead == PREFIX) {
            messageLeft = messageLength;
            step = Step.TAG;
        }
    }

    /** Reads on in the message, at least one byte if there is one; returns how far. */
    private int field(byte[] from, int start, int end) {
        int at = start;
        while (at < end) {
            switch (step) {
                case PREFIX -> throw new IllegalStateException("prefix inside a message");
                case TAG -> {
                    field = (from[at++] & 0xFF) >>> 3; // All field numbers are below 16.
                    length = 0;
                    shift = 0;
                    step = Step.LENGTH;
                }
                case LENGTH -> {
                    byte next = from[at++];
                    length |= (next & 0x7F) << shift;
                    shift += 7;
                    if (next >= 0) {
                        beginValue();
                    }
                }
                case VALUE -> {
                    int part = Math.min(valueLeft, end - at);
                    if (isCaptured()) {
                        System.arraycopy(from, at, captured, capturedLength, part);
                        capturedLength += part;
                    }
                    at += part;
                    valueLeft -= part;
                    if (valueLeft == 0) {
                        endValue();
                    }
                }
            }
        }
        return at;
    }

    private void beginValue() {
        valueLeft = length;
        capturedLength = 0;
        if (isCaptured() && captured.length < length) {
            captured = new byte[length];
        }
        if (length == 0) {
            endValue();
        } else {
            step = Step.VALUE;
        }
    }

    private boolean isCaptured() {
        return switch (field) {
            case TYPE_URL, NONCE -> true;
            case RESOURCES -> marker.length > 0 && length <= CAPTURED;
            default -> false;
        };
    }

    private void endValue() {
        step = Step.TAG;
        switch (field) {
            case TYPE_URL -> type = Arrays.copyOf(captured, capturedLength);
            case NONCE -> nonce = Arrays.copyOf(captured, capturedLength);
            case RESOURCES -> {
                resources++;
                marked |= isCaptured() && contains(captured, capturedLength, marker);
            }
            default -> {} // Nothing an answer needs.
        }
    }

    private void complete() {
        Kind.find(type, type.length)
                .ifPresent(kind -> sink.response(kind, nonce, resources, marked, messageLength));
        step = Step.PREFIX;
        prefixRead = 0;
        messageLength = 0;
        resources = 0;
        marked = false;
    }

    private static boolean contains(byte[] in, int length, byte[] what) {
        for (int i = 0; i + what.length <= length; i++) {
            if (Arrays.equals(in, i, i + what.length, what, 0, what.length)) {
                return true;
            }
        }
        return false;
    }
}
