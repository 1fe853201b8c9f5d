// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.ListValue;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What header values said before they had the operators of access logs, put into today's words, as
 * Envoy's {@code HeaderParser} does it before it reads the format. Only header values may still say
 * it: {@code %UPSTREAM_METADATA(["a","b"])%}, the same of {@code DYNAMIC_METADATA}, and {@code
 * %PER_REQUEST_STATE(a)%}.
 */
final class OldHeaderFormats {
    private static final Pattern METADATA =
            Pattern.compile("%((?:UPSTREAM|DYNAMIC)_METADATA)\\((\\[.*?])\\)%");
    private static final String TEXT = "\\s*\"(?:[^\"\\\\]|\\\\.)*\"\\s*";

    /** The reader of JSON takes more than JSON, and nothing amiss behind it. */
    private static final Pattern TEXTS = Pattern.compile("\\[" + TEXT + "(?:," + TEXT + ")*]");

    private static final Pattern STATE = Pattern.compile("%PER_REQUEST_STATE\\((.+?)\\)%");

    private OldHeaderFormats() {}

    /** The value in today's words; the same object where it says nothing of old. */
    static String translate(String value) {
        if (value.contains("_METADATA([")) {
            return states(metadata(value));
        }
        return states(value);
    }

    private static String states(String value) {
        return value.contains("%PER_REQUEST_STATE(")
                ? STATE.matcher(value).replaceAll("%FILTER_STATE($1:PLAIN)%")
                : value;
    }

    /** Up to the first one whose list is no list of texts: what is behind it stays as it is. */
    private static String metadata(String value) {
        Matcher matcher = METADATA.matcher(value);
        var out = new StringBuilder();
        while (matcher.find()) {
            List<String> names = texts(matcher.group(2));
            if (names.isEmpty()) {
                break;
            }
            matcher.appendReplacement(
                    out,
                    Matcher.quoteReplacement(
                            "%" + matcher.group(1) + "(" + String.join(":", names) + ")%"));
        }
        return matcher.appendTail(out).toString();
    }

    private static List<String> texts(String json) {
        if (!TEXTS.matcher(json).matches()) {
            return List.of();
        }
        var list = ListValue.newBuilder();
        try {
            JsonFormat.parser().merge(json, list);
        } catch (InvalidProtocolBufferException _) {
            return List.of();
        }
        return list.getValuesList().stream().map(Value::getStringValue).toList();
    }
}
