// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Map;
import java.util.Set;

/**
 * Takes keys and passwords out of what the admin port shows, as Envoy does with fields its API
 * calls sensitive: texts become {@code [redacted]}, bytes the same in base64.
 */
final class Redaction {
    private static final String TEXT = "[redacted]";
    private static final String BYTES = "W3JlZGFjdGVkXQ==";

    /** Fields that hold a secret wherever they stand; each is a {@code DataSource}. */
    private static final Set<String> SECRETS = Set.of("private_key", "pkcs12", "password");

    /** Messages and their field that is secret. */
    private static final Map<String, Set<String>> SECRETS_OF =
            Map.of(
                    "session_ticket_keys", Set.of("keys"),
                    "generic_secret", Set.of("secret", "secrets"));

    private Redaction() {}

    static void apply(JsonElement element) {
        if (element instanceof JsonArray array) {
            array.forEach(Redaction::apply);
        } else if (element instanceof JsonObject object) {
            for (Map.Entry<String, JsonElement> field : object.entrySet()) {
                boolean secret = SECRETS.contains(field.getKey());
                if (secret && field.getValue() instanceof JsonObject) {
                    hide(field.getValue());
                } else {
                    hide(field.getValue(), SECRETS_OF.getOrDefault(field.getKey(), Set.of()));
                    apply(field.getValue());
                }
            }
        }
    }

    private static void hide(JsonElement element, Set<String> fields) {
        if (element instanceof JsonObject object) {
            for (String each : fields) {
                JsonElement secret = object.get(each);
                if (secret != null) {
                    hide(secret);
                }
            }
        }
    }

    private static void hide(JsonElement element) {
        if (element instanceof JsonArray array) {
            array.forEach(Redaction::hide);
        } else if (element instanceof JsonObject object) {
            for (Map.Entry<String, JsonElement> field : object.entrySet()) {
                if (field.getValue() instanceof JsonPrimitive) {
                    boolean bytes = field.getKey().equals("inline_bytes");
                    field.setValue(new JsonPrimitive(bytes ? BYTES : TEXT));
                } else {
                    hide(field.getValue());
                }
            }
        }
    }
}
