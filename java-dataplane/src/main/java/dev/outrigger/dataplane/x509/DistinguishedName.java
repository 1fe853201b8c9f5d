// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.x509;

import dev.outrigger.dataplane.x509.Der.MalformedException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Names of subjects and issuers as text, in the way OpenSSL writes RFC 2253: last part first, short
 * names for what it knows, everything outside ASCII escaped byte by byte.
 */
final class DistinguishedName {
    private static final Map<String, String> SHORT_NAMES =
            Map.ofEntries(
                    Map.entry("2.5.4.3", "CN"),
                    Map.entry("2.5.4.4", "SN"),
                    Map.entry("2.5.4.5", "serialNumber"),
                    Map.entry("2.5.4.6", "C"),
                    Map.entry("2.5.4.7", "L"),
                    Map.entry("2.5.4.8", "ST"),
                    Map.entry("2.5.4.9", "street"),
                    Map.entry("2.5.4.10", "O"),
                    Map.entry("2.5.4.11", "OU"),
                    Map.entry("2.5.4.12", "title"),
                    Map.entry("2.5.4.13", "description"),
                    Map.entry("2.5.4.15", "businessCategory"),
                    Map.entry("2.5.4.17", "postalCode"),
                    Map.entry("2.5.4.41", "name"),
                    Map.entry("2.5.4.42", "GN"),
                    Map.entry("2.5.4.43", "initials"),
                    Map.entry("2.5.4.44", "generationQualifier"),
                    Map.entry("2.5.4.46", "dnQualifier"),
                    Map.entry("2.5.4.97", "organizationIdentifier"),
                    Map.entry("0.9.2342.19200300.100.1.1", "UID"),
                    Map.entry("0.9.2342.19200300.100.1.25", "DC"),
                    Map.entry("1.2.840.113549.1.9.1", "emailAddress"),
                    Map.entry("1.2.840.113549.1.9.2", "unstructuredName"),
                    Map.entry("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC"),
                    Map.entry("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST"),
                    Map.entry("1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL"));

    private DistinguishedName() {}

    /** One attribute of a name. */
    record Attribute(String objectId, Der.Element value) {}

    /** In their order, grouped as they are. */
    static List<List<Attribute>> parse(byte[] name) throws MalformedException {
        var parts = new ArrayList<List<Attribute>>();
        Der sequence = new Der(name).next(Der.SEQUENCE).inside();
        while (sequence.hasMore()) {
            var attributes = new ArrayList<Attribute>();
            Der set = sequence.next(Der.SET).inside();
            while (set.hasMore()) {
                Der attribute = set.next(Der.SEQUENCE).inside();
                attributes.add(
                        new Attribute(
                                Der.objectId(attribute.next(Der.OBJECT_ID).content()),
                                attribute.next()));
            }
            parts.add(attributes);
        }
        return parts;
    }

    /** The values of one kind of attribute, as text. */
    static List<String> values(byte[] name, String objectId) {
        try {
            return parse(name).stream()
                    .flatMap(List::stream)
                    .filter(a -> a.objectId().equals(objectId))
                    .map(a -> new String(utf8(a.value()), StandardCharsets.ISO_8859_1))
                    .toList();
        } catch (MalformedException e) {
            return List.of();
        }
    }

    static String text(byte[] name) {
        try {
            var parts = parse(name);
            var text = new StringBuilder();
            for (int i = parts.size() - 1; i >= 0; i--) {
                if (!text.isEmpty()) {
                    text.append(',');
                }
                // Within one part too, OpenSSL goes from the last to the first.
                for (int j = parts.get(i).size() - 1; j >= 0; j--) {
                    append(text, parts.get(i).get(j));
                    if (j > 0) {
                        text.append('+');
                    }
                }
            }
            return text.toString();
        } catch (MalformedException e) {
            return "";
        }
    }

    private static void append(StringBuilder text, Attribute attribute) {
        String known = SHORT_NAMES.get(attribute.objectId());
        text.append(known == null ? attribute.objectId() : known).append('=');
        if (known == null || !isString(attribute.value().tag())) {
            text.append('#')
                    .append(HexFormat.of().withUpperCase().formatHex(attribute.value().whole()));
            return;
        }
        byte[] bytes = utf8(attribute.value());
        for (int i = 0; i < bytes.length; i++) {
            int b = bytes[i] & 0xff;
            boolean atEnd = i == bytes.length - 1;
            if (b < 0x20 || b >= 0x7f) {
                text.append(String.format("\\%02X", b));
            } else if (",+\"\\<>;".indexOf(b) >= 0
                    || (b == '#' && i == 0)
                    || (b == ' ' && (i == 0 || atEnd))) {
                text.append('\\').append((char) b);
            } else {
                text.append((char) b);
            }
        }
    }

    private static boolean isString(int tag) {
        return tag == Der.UTF8_STRING
                || tag == Der.BMP_STRING
                || tag == Der.UNIVERSAL_STRING
                || tag == Der.T61_STRING
                || tag == 0x12
                || tag == 0x13
                || tag == 0x16
                || tag == 0x1a;
    }

    private static byte[] utf8(Der.Element value) {
        byte[] content = value.content();
        return switch (value.tag()) {
            case Der.BMP_STRING ->
                    new String(content, StandardCharsets.UTF_16BE).getBytes(StandardCharsets.UTF_8);
            case Der.UNIVERSAL_STRING ->
                    new String(content, Charset.forName("UTF-32BE"))
                            .getBytes(StandardCharsets.UTF_8);
            case Der.T61_STRING ->
                    new String(content, StandardCharsets.ISO_8859_1)
                            .getBytes(StandardCharsets.UTF_8);
            default -> content;
        };
    }
}
