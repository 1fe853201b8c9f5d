// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.frame;

import dev.outrigger.conformance.observe.Header;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the field blocks of one connection, in their order (RFC 7541). Text is ISO-8859-1. Used by
 * one thread.
 */
final class FieldReader {
    private static final List<Header> STATIC =
            """
            :authority
            :method GET
            :method POST
            :path /
            :path /index.html
            :scheme http
            :scheme https
            :status 200
            :status 204
            :status 206
            :status 304
            :status 400
            :status 404
            :status 500
            accept-charset
            accept-encoding gzip, deflate
            accept-language
            accept-ranges
            accept
            access-control-allow-origin
            age
            allow
            authorization
            cache-control
            content-disposition
            content-encoding
            content-language
            content-length
            content-location
            content-range
            content-type
            cookie
            date
            etag
            expect
            expires
            from
            host
            if-match
            if-modified-since
            if-none-match
            if-range
            if-unmodified-since
            last-modified
            link
            location
            max-forwards
            proxy-authenticate
            proxy-authorization
            range
            referer
            refresh
            retry-after
            server
            set-cookie
            strict-transport-security
            transfer-encoding
            user-agent
            vary
            via
            www-authenticate
            """
                    .lines()
                    .map(FieldReader::known)
                    .toList();

    /** What an entry of the table counts besides its text (section 4.1). */
    private static final int ENTRY_BYTES = 32;

    private static final int TABLE_BYTES = 4096;

    /** The latest first. */
    private final List<Header> table = new ArrayList<>();

    private int mostBytes = TABLE_BYTES;
    private byte[] block = {};
    private int at;

    private static Header known(String line) {
        int space = line.indexOf(' ');
        return space < 0
                ? new Header(line, "")
                : new Header(line.substring(0, space), line.substring(space + 1));
    }

    List<Header> read(byte[] bytes) throws IOException {
        block = bytes;
        at = 0;
        var fields = new ArrayList<Header>();
        try {
            while (at < block.length) {
                int first = block[at] & 255;
                if (first >= 0x80) {
                    fields.add(entry(number(7)));
                } else if (first >= 0x40) {
                    var field = literal(6);
                    fields.add(field);
                    table.addFirst(field);
                    shrink();
                } else if (first >= 0x20) {
                    mostBytes = number(5);
                    shrink();
                } else {
                    fields.add(literal(4));
                }
            }
        } catch (IndexOutOfBoundsException e) {
            throw new IOException(
                    "a field block that is cut off, or an entry that is not there", e);
        }
        return fields;
    }

    private Header literal(int prefixBits) throws IOException {
        int index = number(prefixBits);
        var name = index == 0 ? string() : entry(index).name();
        return new Header(name, string());
    }

    private Header entry(int index) {
        return index <= STATIC.size()
                ? STATIC.get(index - 1)
                : table.get(index - 1 - STATIC.size());
    }

    private void shrink() {
        while (tableBytes() > mostBytes) {
            table.removeLast();
        }
    }

    private int tableBytes() {
        return table.stream()
                .mapToInt(each -> each.name().length() + each.value().length() + ENTRY_BYTES)
                .sum();
    }

    private int number(int prefixBits) {
        int most = (1 << prefixBits) - 1;
        int number = block[at++] & most;
        if (number < most) {
            return number;
        }
        int shift = 0;
        int part;
        do {
            part = block[at++] & 255;
            number += (part & 127) << shift;
            shift += 7;
        } while (part >= 128);
        return number;
    }

    private String string() throws IOException {
        boolean compressed = block[at] < 0;
        int length = number(7);
        int from = at;
        at += length;
        return compressed
                ? HuffmanCode.decode(block, from, at)
                : new String(block, from, length, StandardCharsets.ISO_8859_1);
    }
}
