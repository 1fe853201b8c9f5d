// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.x509;

import dev.outrigger.dataplane.x509.Der.MalformedException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One subject alternative name (RFC 5280, 4.2.1.6).
 *
 * @param objectId of an {@link Type#OTHER_NAME}; empty for the others
 * @param text as Envoy compares it
 */
public record GeneralName(Type type, String objectId, String text) {
    /** The kinds Envoy tells apart. */
    public enum Type {
        OTHER_NAME,
        EMAIL,
        DNS,
        URI,
        IP_ADDRESS,
        /** Directory names, registered ids and the like, which nothing matches. */
        UNSUPPORTED
    }

    /** The names of a {@code subjectAltName} extension's value. */
    static List<GeneralName> parse(byte[] extension) throws MalformedException {
        var names = new ArrayList<GeneralName>();
        Der list = new Der(extension).next(Der.SEQUENCE).inside();
        while (list.hasMore()) {
            names.add(of(list.next()));
        }
        return List.copyOf(names);
    }

    private static GeneralName of(Der.Element element) throws MalformedException {
        return switch (element.tag() & 0x1f) {
            case 0 -> otherName(element);
            case 1 -> new GeneralName(Type.EMAIL, "", latin(element.content()));
            case 2 -> new GeneralName(Type.DNS, "", latin(element.content()));
            case 6 -> new GeneralName(Type.URI, "", latin(element.content()));
            case 7 -> new GeneralName(Type.IP_ADDRESS, "", address(element.content()));
            default -> new GeneralName(Type.UNSUPPORTED, "", "");
        };
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static String address(byte[] bytes) {
        if (bytes.length != 4 && bytes.length != 16) {
            return "";
        }
        try {
            return Addresses.text(InetAddress.getByAddress(bytes));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + bytes.length + " bytes", e);
        }
    }

    private static GeneralName otherName(Der.Element element) throws MalformedException {
        Der inside = element.inside();
        String oid = Der.objectId(inside.next(Der.OBJECT_ID).content());
        Der.Element value = inside.next().inside().next();
        return new GeneralName(Type.OTHER_NAME, oid, text(value));
    }

    /** What Envoy takes for the text of a value. */
    private static String text(Der.Element value) throws MalformedException {
        byte[] content = value.content();
        return switch (value.tag()) {
            case Der.BOOLEAN -> content.length == 1 && content[0] != 0 ? "true" : "false";
            case Der.INTEGER, 0x0a -> content.length == 0 ? "" : new BigInteger(content).toString();
            case Der.OBJECT_ID -> Der.objectId(content);
            case Der.BIT_STRING ->
                    content.length == 0
                            ? ""
                            : latin(Arrays.copyOfRange(content, 1, content.length));
            case Der.BMP_STRING -> utf8(content, StandardCharsets.UTF_16BE);
            case Der.UNIVERSAL_STRING -> utf8(content, Charset.forName("UTF-32BE"));
            case Der.SEQUENCE, Der.SET -> latin(value.whole());
            case 0x05 -> "";
            default -> latin(content);
        };
    }

    /** UTF-8 whose bytes are characters here, as everywhere on the way of headers. */
    private static String utf8(byte[] content, Charset from) {
        return latin(new String(content, from).getBytes(StandardCharsets.UTF_8));
    }
}
