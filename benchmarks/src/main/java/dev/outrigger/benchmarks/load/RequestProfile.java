// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.load;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** The request every proxy is asked, the same bytes from every generator. */
public record RequestProfile(String path, List<Field> fields) {

    /** The name the request asks for; the only virtual host of every contender. */
    public static final String HOST = "b.local.service";

    private static final List<Field> REALISTIC =
            List.of(
                    new Field("Host", HOST),
                    new Field("User-Agent", "checkout-service/4.12.1 (jdk/25; linux/amd64)"),
                    new Field("Accept", "application/json, text/plain;q=0.9, */*;q=0.5"),
                    new Field("Accept-Encoding", "gzip, deflate"),
                    new Field(
                            "traceparent",
                            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
                    new Field(
                            "Authorization",
                            "Bearer " + "eyJhbGciOiJFUzI1NiJ9.c3VifGNoZWNrb3V0".repeat(5)),
                    new Field("X-Tenant", "europe-north-17"),
                    new Field(
                            "Cookie",
                            "session=7d1f1c0a9e5b4c7f8a3d2e1b0c9f8e7d; theme=dark; consent=2026-11"));

    public RequestProfile {
        fields = List.copyOf(fields);
    }

    /**
     * A request with the first of the header fields a service-to-service call usually carries, Host
     * always among them.
     */
    public static RequestProfile realistic(int fieldCount) {
        if (fieldCount < 1 || fieldCount > REALISTIC.size()) {
            throw new IllegalArgumentException(
                    "fieldCount: " + fieldCount + " (expected: 1.." + REALISTIC.size() + ")");
        }
        return new RequestProfile("/quotes/EUR?depth=5", REALISTIC.subList(0, fieldCount));
    }

    /** The request as it goes over the wire. */
    public byte[] bytes() {
        var text = new StringBuilder("GET ").append(path).append(" HTTP/1.1\r\n");
        for (var field : fields) {
            text.append(field.name()).append(": ").append(field.value()).append("\r\n");
        }
        return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A header field. */
    public record Field(String name, String value) {}
}
