// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Cursors of paged lists: opaque to clients, and good only for the list they come from. Sealed with
 * a key of this process, so a changed one is noticed; after a restart a client starts over.
 */
final class Cursors {
    private static final int SEAL_BYTES = 16;
    private static final int MAX_CHARS = 2_048;

    private final SecretKeySpec key;

    Cursors(byte[] key) {
        this.key = new SecretKeySpec(key, "HmacSHA256");
    }

    /**
     * Where a list goes on.
     *
     * @param revision the list's, so that pages do not shift
     * @param last the last item of the page before
     */
    record Position(long revision, String last) {}

    /** {@code list} identifies the list with its filters. */
    String write(String list, Position position) {
        String content = position.revision() + "\n" + position.last();
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        byte[] sealed = Arrays.copyOf(bytes, bytes.length + SEAL_BYTES);
        System.arraycopy(seal(list, bytes), 0, sealed, bytes.length, SEAL_BYTES);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
    }

    /** Throws a problem for a cursor that is not of this list. */
    Position read(String list, String cursor) {
        if (cursor.length() > MAX_CHARS) {
            throw refuse();
        }
        byte[] sealed;
        try {
            sealed = Base64.getUrlDecoder().decode(cursor);
        } catch (IllegalArgumentException _) {
            throw refuse();
        }
        if (sealed.length <= SEAL_BYTES) {
            throw refuse();
        }
        int length = sealed.length - SEAL_BYTES;
        byte[] bytes = Arrays.copyOf(sealed, length);
        byte[] seal = Arrays.copyOfRange(sealed, length, sealed.length);
        if (!MessageDigest.isEqual(seal, seal(list, bytes))) {
            throw refuse();
        }
        List<String> parts = List.of(new String(bytes, StandardCharsets.UTF_8).split("\n", 2));
        return new Position(Long.parseLong(parts.getFirst()), parts.getLast());
    }

    private byte[] seal(String list, byte[] content) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            mac.update(list.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            return Arrays.copyOf(mac.doFinal(content), SEAL_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is in every JDK", e);
        }
    }

    private static Problem.Raised refuse() {
        return Problem.of(
                        400,
                        "Cursor not valid",
                        "cursor: not one of this list with these filters, or from before a restart."
                                + " Start again without it.")
                .raise();
    }
}
