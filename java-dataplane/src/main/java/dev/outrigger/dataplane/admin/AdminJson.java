// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import com.google.gson.FormattingStyle;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.outrigger.dataplane.telemetry.NumberText;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** JSON as Envoy's admin paths write it: proto field names, one space of indentation. */
final class AdminJson {
    private static final Gson GSON =
            new GsonBuilder()
                    .setFormattingStyle(FormattingStyle.PRETTY.withIndent(" "))
                    .disableHtmlEscaping()
                    .create();
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private AdminJson() {}

    static String print(JsonElement element) {
        return text(element) + "\n";
    }

    /** Without the line end. */
    static String text(JsonElement element) {
        return GSON.toJson(element);
    }

    /** A JSON string. */
    static String quote(String text) {
        return GSON.toJson(text);
    }

    /** A message with its {@code Any}s opened; those of unknown types show their bytes. */
    static JsonObject of(Message message) {
        return convert(message, JsonFormat.printer());
    }

    /** The same with every field without presence, as {@code /server_info} shows the node. */
    static JsonObject withDefaults(Message message) {
        return convert(message, JsonFormat.printer().alwaysPrintFieldsWithNoPresence());
    }

    /** The message inside an {@code Any} with its type first. */
    static JsonObject typed(String typeUrl, Message message) {
        var json = new JsonObject();
        json.addProperty("@type", typeUrl);
        of(message).entrySet().forEach(entry -> json.add(entry.getKey(), entry.getValue()));
        return json;
    }

    static String time(long millis) {
        return TIME.format(Instant.ofEpochMilli(millis));
    }

    private static JsonObject convert(Message message, JsonFormat.Printer printer) {
        TypeRegistry types = ExtensionTypes.registry();
        try {
            String text =
                    printer.preservingProtoFieldNames().usingTypeRegistry(types).print(message);
            JsonObject json = JsonParser.parseString(text).getAsJsonObject();
            trim(json);
            Redaction.apply(json);
            return json;
        } catch (InvalidProtocolBufferException e) {
            var json = new JsonObject();
            json.addProperty("unprintable", String.valueOf(e.getMessage()));
            return json;
        }
    }

    /** Numbers that may have a fraction, in protobuf's digits instead of Java's. */
    private static JsonElement trim(JsonElement element) {
        if (element instanceof JsonObject object) {
            object.entrySet().forEach(entry -> entry.setValue(trim(entry.getValue())));
        } else if (element instanceof JsonArray array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, trim(array.get(i)));
            }
        } else if (element instanceof JsonPrimitive primitive && primitive.isNumber()) {
            String text = primitive.getAsString();
            if (text.indexOf('.') >= 0) {
                return JsonParser.parseString(NumberText.exact(Double.parseDouble(text)));
            }
        }
        return element;
    }
}
