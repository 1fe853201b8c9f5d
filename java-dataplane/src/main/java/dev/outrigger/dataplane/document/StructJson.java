// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.document;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;

/**
 * The JSON a struct stands for. Whole numbers are written without a fraction, which protobuf's own
 * printer gives them, so that they can be read as integers again.
 */
public final class StructJson {
    /** Beyond, a double does not know its last digits. */
    private static final double MAX_WHOLE = 1L << 53;

    private StructJson() {}

    /** JSON in one line. */
    public static String of(Struct struct) {
        return object(struct).toString();
    }

    private static JsonObject object(Struct struct) {
        var object = new JsonObject();
        struct.getFieldsMap().forEach((name, value) -> object.add(name, element(value)));
        return object;
    }

    private static JsonElement element(Value value) {
        return switch (value.getKindCase()) {
            case NUMBER_VALUE -> number(value.getNumberValue());
            case STRING_VALUE -> new JsonPrimitive(value.getStringValue());
            case BOOL_VALUE -> new JsonPrimitive(value.getBoolValue());
            case STRUCT_VALUE -> object(value.getStructValue());
            case LIST_VALUE -> {
                var array = new JsonArray();
                value.getListValue().getValuesList().forEach(each -> array.add(element(each)));
                yield array;
            }
            case NULL_VALUE, KIND_NOT_SET -> JsonNull.INSTANCE;
        };
    }

    private static JsonPrimitive number(double number) {
        if (number == Math.rint(number) && Math.abs(number) <= MAX_WHOLE) {
            return new JsonPrimitive((long) number);
        }
        return Double.isFinite(number)
                ? new JsonPrimitive(number)
                : new JsonPrimitive(String.valueOf(number));
    }
}
