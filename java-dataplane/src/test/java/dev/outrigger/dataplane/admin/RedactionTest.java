// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import org.junit.jupiter.api.Test;

class RedactionTest {
    private static String redacted(String json) {
        var parsed = JsonParser.parseString(json);
        Redaction.apply(parsed);
        return parsed.toString();
    }

    @Test
    void showsCertificatesAndHidesKeys() {
        assertThat(
                        redacted(
                                """
                                {"common_tls_context":{"tls_certificates":[{"certificate_chain":{"inline_string":"C"},
                                "private_key":{"inline_string":"K"},"password":{"inline_bytes":"UA=="}}]}}
                                """))
                .isEqualTo(
                        "{\"common_tls_context\":{\"tls_certificates\":[{\"certificate_chain\":"
                                + "{\"inline_string\":\"C\"},\"private_key\":{\"inline_string\":"
                                + "\"[redacted]\"},\"password\":{\"inline_bytes\":"
                                + "\"W3JlZGFjdGVkXQ==\"}}]}}");
    }

    @Test
    void hidesKeysOfTicketsAndGenericSecrets() {
        assertThat(redacted("{\"session_ticket_keys\":{\"keys\":[{\"filename\":\"/k\"}]}}"))
                .doesNotContain("/k");
        assertThat(redacted("{\"generic_secret\":{\"secret\":{\"inline_string\":\"s\"}}}"))
                .contains("[redacted]");
    }
}
