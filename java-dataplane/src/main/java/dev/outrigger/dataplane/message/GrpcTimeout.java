// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

/** The {@code grpc-timeout} request header: a number and a unit. */
public final class GrpcTimeout {
    private static final long MAX_VALUE = 99_999_999;
    private static final long MAX_MILLIS = Long.MAX_VALUE / 1_000_000;
    private static final String UNITS = "mSMH";

    private GrpcTimeout() {}

    /** The timeout in milliseconds, rounded up, or -1 when there is none that can be read. */
    public static long millis(HeaderBlock headers) {
        int entry = headers.find(KnownHeader.GRPC_TIMEOUT);
        int length = entry < 0 ? 0 : headers.valueLength(entry);
        if (length < 2) {
            return -1;
        }
        byte[] data = headers.data();
        int offset = headers.valueOffset(entry);
        int digits = 0;
        while (digits < length && data[offset + digits] >= '0' && data[offset + digits] <= '9') {
            digits++;
        }
        long value = Ascii.decimal(data, offset, digits);
        if (value < 0 || value > MAX_VALUE || digits == length) {
            return -1;
        }
        // What follows the unit is not looked at.
        return switch (data[offset + digits]) {
            case 'H' -> times(value, 3_600_000);
            case 'M' -> times(value, 60_000);
            case 'S' -> times(value, 1_000);
            case 'm' -> times(value, 1);
            case 'u' -> value / 1_000 + (value % 1_000 == 0 ? 0 : 1);
            case 'n' -> value / 1_000_000 + (value % 1_000_000 == 0 ? 0 : 1);
            default -> -1;
        };
    }

    private static long times(long value, long factor) {
        return value > MAX_MILLIS / factor ? MAX_MILLIS : value * factor;
    }

    /** Sets the header, in the smallest unit whose number has at most eight digits. */
    public static void set(HeaderBlock headers, long millis) {
        long value = millis;
        int unit = 0;
        while (value > MAX_VALUE && unit < UNITS.length() - 1) {
            value /= unit == 0 ? 1000 : 60;
            unit++;
        }
        String text = String.valueOf(Math.min(value, MAX_VALUE)) + UNITS.charAt(unit);
        headers.set(KnownHeader.GRPC_TIMEOUT, Ascii.bytes(text));
    }
}
